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
      let command = CorpusFormat.command(converting: path).map { "; convert it: \($0)" } ?? ""
      throw CorpusError(file: path, "no such file or folder\(command)")
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
      let command = command(in: path) { _ in true } ?? "tercet data convert"
      throw CorpusError(file: path, "holds no .jsonl file; make some: \(command)")
    }
    return splits.sorted { (rank($0.name), $0.name) < (rank($1.name), $1.name) }
  }

  /// The command that makes the split `path`, which is not there, of a corpus in its place; `nil` without one.
  static func command(making path: String) -> String? {
    let folder = URL(filePath: path).deletingLastPathComponent().relativePath
    let split = name(path)
    let names = split == "dev" ? ["dev", "val"] : [split]
    return command(in: folder, output: path) { file in names.contains(where: file.hasPrefix) }
  }

  /// The command that converts a folder, or the first file in it that is wanted and can be converted.
  private static func command(
    in folder: String, output: String? = nil, where isWanted: (String) -> Bool
  ) -> String? {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let paths = files.filter(isWanted).sorted().prefix(20).map { "\(folder)/\($0)" }
    return ([folder] + paths).lazy.compactMap {
      CorpusFormat.command(converting: $0, output: $0 == folder ? nil : output)
    }.first
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
