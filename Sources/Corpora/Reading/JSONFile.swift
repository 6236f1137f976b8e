/// Files that hold one JSON value, plain or gzip.
enum JSONFile {
  static func value(_ path: String) throws(CorpusError) -> JSONNode {
    var parser = JSONParser(try TextFile.bytes(path), file: path)
    return JSONNode(value: try parser.onlyValue(), place: Place(file: path, line: 1))
  }
}
