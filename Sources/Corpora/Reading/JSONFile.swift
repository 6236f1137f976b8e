/// Files of JSON, plain or gzip, record by record.
enum JSONFile {
  /// Calls `body` with each record of a file that holds one JSON value a line.
  static func forEachLine(
    _ path: String, _ body: (JSONNode) throws(CorpusError) -> Void
  ) throws(CorpusError) {
    var reader = try LineReader(path)
    while let line = try reader.next() {
      if line.allSatisfy(isBlank) { continue }
      var parser = JSONParser(line, file: path, line: reader.number)
      try body(JSONNode(value: try parser.onlyValue(), place: reader.place))
    }
  }

  /// Calls `body` with each record of a file that holds a JSON list of records or one a line.
  static func forEachRecord(
    _ path: String, _ body: (JSONNode) throws(CorpusError) -> Void
  ) throws(CorpusError) {
    var parser = JSONParser(try TextFile.bytes(path), file: path)
    let isList = parser.take("[")
    if isList && parser.take("]") { return }
    while isList || parser.peek() != nil {
      _ = parser.peek()
      let place = parser.place
      try body(JSONNode(value: try parser.value(), place: place))
      if isList && !parser.take(",") { break }
    }
    if isList && !parser.take("]") {
      throw parser.malformed("\(parser.found()) where ',' or ']' should be")
    }
    if parser.peek() != nil { throw parser.malformed("\(parser.found()) after the list") }
  }

  /// The one value of a file.
  static func value(_ path: String) throws(CorpusError) -> JSONNode {
    var parser = JSONParser(try TextFile.bytes(path), file: path)
    return JSONNode(value: try parser.onlyValue(), place: Place(file: path, line: 1))
  }
}
