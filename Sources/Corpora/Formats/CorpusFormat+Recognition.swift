import Files
import Foundation

extension CorpusFormat {
  /// The format that an input has, by its beginning.
  ///
  /// - Throws: `CorpusError` with the reason for each format where the input has none or more than one of them, or
  ///   cannot be read.
  public static func recognised(_ path: String) throws(CorpusError) -> CorpusFormat {
    try recognised(try Sample(path))
  }

  private static func recognised(_ sample: Sample) throws(CorpusError) -> CorpusFormat {
    let path = sample.path
    let reasons = allCases.map { ($0, $0.mismatch(sample)) }
    let found = reasons.filter { $0.1 == nil }.map(\.0)
    if let format = found.first, found.count == 1 { return format }
    if let first = found.first {
      let names = found.map(\.rawValue).joined(separator: " and ")
      throw CorpusError(file: path, "may be \(names); say which, as --from \(first)")
    }
    let files = FileManager.default
    if !files.fileExists(atPath: path) {
      throw CorpusError(file: path, "cannot be opened: no such file")
    }
    if !sample.isFolder && sample.firstLine.isEmpty { throw CorpusError(file: path, "is empty") }
    let lines = reasons.map { "  not \($0): \($1 ?? "")" }
    throw CorpusError(
      file: path,
      (["has no format that --from names; it is \(sample.summary)"] + lines).joined(separator: "\n")
    )
  }

  /// The command that converts an input of another format to JSON Lines; `nil` where its format is not known, or is
  /// that already.
  ///
  /// - Parameter output: the file to write; `nil` for one named after the input.
  public static func command(converting path: String, output: String? = nil) -> String? {
    toConvert(path)?.command(converting: path, output: output)
  }

  /// The format of an input that is to be converted: another one than JSON Lines, or the same records in a list or on
  /// several lines; `nil` where it is not known, or they are JSON Lines already.
  static func toConvert(_ path: String) -> CorpusFormat? {
    guard let sample = try? Sample(path), let format = try? recognised(sample) else { return nil }
    return format == .jsonl && sample.layout == .lines ? nil : format
  }

  /// The command that converts an input of this format.
  func command(converting path: String, output: String? = nil) -> String {
    let names = needs.map { " --\($0.rawValue) FILE" }.joined()
    return "tercet data convert --from \(self) \(path.shellWord)\(names) "
      + "--out \((output ?? Self.output(for: path)).shellWord)"
  }

  /// A name for the JSON Lines of an input, which is not the input's own.
  private static func output(for path: String) -> String {
    let endings = [".gz", ".json", ".jsonl", ".ndjson", ".txt", ".sent", ".tup"]
    var stem = path
    for ending in endings where stem.hasSuffix(ending) && stem.count > ending.count {
      stem.removeLast(ending.count)
    }
    if !path.contains(".jsonl") { return stem + ".jsonl" }
    let parts = stem.split(separator: "/", omittingEmptySubsequences: false)
    return (parts.dropLast() + ["converted", "\(parts.last ?? "").jsonl"]).joined(separator: "/")
  }
}
