import Commands
import Configuration
import Corpora
import Evaluation
import Foundation
import Models
import Training

/// `tercet data check PATH`: says what is wrong or odd in a folder of splits, in one go.
struct DataCheck: Verb {
  static let syntax = VerbSyntax(
    words: ["data", "check"],
    purpose: "say all that is wrong or odd in the splits of a folder",
    operand: Operand(
      name: "PATH", count: .once,
      help: "folder with train.jsonl, dev.jsonl and others, or a JSON Lines file"),
    flags: [config, set, json],
    notes: "Each finding ends with what to do about it. Faults are what training or evaluation "
      + "refuses: with one the status is 1.",
    examples: [
      "tercet data check data/webnlg",
      "tercet data check data/webnlg --config Configs/webnlg/cascade.yaml",
      "tercet data check data/webnlg --json findings.json",
    ])

  private static let config = Flag(
    "config", .required("FILE"),
    help: "also say what the model of this configuration can learn and express; PATH counts as its "
      + "data.directory")
  private static let set = Flag(
    "set", .required("KEY=VALUE"), .anyNumber, help: "set a key of the configuration")
  private static let json = Flag(
    "json", .required("FILE"),
    help: "also write the findings to FILE as JSON, or in place of the text to '-'")

  /// A folder of splits, or one of them.
  let path: String
  /// The file of a run's configuration; `nil` for none.
  let configuration: String?
  /// What differs from the file, in the order of the line.
  let overrides: [ConfigurationOverride]
  /// The file for the findings as JSON; `nil` for none.
  let report: String?

  /// - Throws: `CorpusError` where there is no split, and the errors of a configuration.
  func run() throws -> ExitStatus {
    let output = report.map { Output(path: $0) }
    let splits = try CorpusFolder.splits(path).map(\.path)
    try output?.refuse(splits + [configuration].compactMap { $0 })
    if output != nil { Console.outliveOutput(nil) }
    var options = try self.options()
    let isFile = splits == [path]
    options?.data.directory =
      isFile ? URL(filePath: path).deletingLastPathComponent().relativePath : path
    let longest = options?.data.maximumLength ?? RunOptions.DataOptions().maximumLength
    var check = try CorpusCheck(
      path, longest: longest, writesNames: options?.model.type.writesNames ?? false)
    if let section = FindingSection(memoryOn: check) { check.add(section) }
    if let section = options.flatMap({ FindingSection(modelOf: $0, on: check) }) {
      check.add(section)
    }
    let report = CheckReport(check, of: path)
    (output?.say ?? Console.line)(report.text(width: min(Console.width ?? 80, 80)))
    try output?.write(report.json)
    return check.hasFaults ? .failure : .success
  }

  private func options() throws -> RunOptions? {
    guard let configuration else { return nil }
    let configured = try ConfiguredRun(configuration, overrides)
    for note in configured.notes { Console.error(note) }
    return configured.options
  }
}

extension DataCheck {
  init(_ line: ArgumentLine) throws(UsageError) {
    let overrides = try line.overrides(of: Self.set)
    if !overrides.isEmpty && !line.has(Self.config) {
      throw line.error("'--set' changes a configuration; name its file with --config")
    }
    self.init(
      path: line.requiredOperand, configuration: line.value(of: Self.config),
      overrides: overrides, report: line.value(of: Self.json))
  }
}
