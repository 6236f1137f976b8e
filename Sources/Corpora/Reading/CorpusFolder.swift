import Foundation

/// A folder of splits, `NAME.jsonl` each.
public enum CorpusFolder {
  /// The splits of a folder, `train`, `dev` and `test` first and others by name; a file is its own
  /// only split.
  ///
  /// - Throws: `CorpusError` where nothing is at `path`, or a folder without a split.
  public static func splits(_ path: String) throws(CorpusError) -> [(name: String, path: String)] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CorpusError(file: path, "no such file or folder")
    }
    if !isFolder.boolValue { return [(name(path), path)] }
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw CorpusError(file: path, "folder cannot be read")
    }
    let splits = files.filter { $0.hasSuffix(".jsonl") || $0.hasSuffix(".jsonl.gz") }
      .map { (name: name($0), path: path.hasSuffix("/") ? path + $0 : "\(path)/\($0)") }
    if splits.isEmpty {
      throw CorpusError(file: path, "holds no .jsonl file; make some with 'tercet data convert'")
    }
    return splits.sorted { (rank($0.name), $0.name) < (rank($1.name), $1.name) }
  }

  private static func name(_ path: String) -> String {
    var name = URL(filePath: path).lastPathComponent
    for ending in [".gz", ".jsonl"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    return name
  }

  private static func rank(_ name: String) -> Int {
    ["train", "dev", "test"].firstIndex(of: name) ?? 3
  }
}
