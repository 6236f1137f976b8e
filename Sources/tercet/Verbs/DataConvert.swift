import Commands
import Corpora

/// `tercet data convert [--from FORMAT] INPUT --out FILE`: turns a published corpus into JSON Lines.
struct DataConvert: Verb {
  static let syntax = VerbSyntax(
    words: ["data", "convert"],
    purpose: "convert a corpus to tercet's JSON Lines and print its counts",
    operand: Operand(
      name: "INPUT", count: .once,
      help: "file to convert; for \(names(where: \.isPair)), the prefix of its two files; for "
        + "\(CorpusFormat.brat), a folder or one of the two files"),
    flags: [from, out, words, relations, tokenize, skipBad, keepRelation, dropRelation],
    notes:
      "Formats: \(CorpusFormat.overview). INPUT may be gzipped. Pairs labelled as no relation (None, "
      + "NA, no_relation, ...) are left out and counted.",
    examples: [
      "tercet data convert --from triples train_triples.json.gz --out data/webnlg/train.jsonl",
      "tercet data convert --from copyre train.json --words words2id.json \\",
      "  --relations relations2id.json --out data/nyt/train.jsonl",
      "tercet data convert --from tuples NYT29/train --out data/nyt29/train.jsonl",
    ])

  private static let from = Flag(
    "from", .required("FORMAT"), choices: CorpusFormat.allCases.map(\.rawValue),
    help: "format of INPUT (default: recognised by its beginning)")
  private static let out = Flag(
    "out", .required("FILE"), .once,
    help: "file to write, gzipped where its name ends in .gz, or '-' for standard output; its "
      + "folders are made")
  private static let words = Flag(
    "words", .required("FILE"),
    help: "numbers of the words, for --from \(names { $0.needs.contains(.words) }) only")
  private static let relations = Flag(
    "relations", .required("FILE"),
    help: "the relations that may occur; needed by --from "
      + "\(names { $0.needs.contains(.relations) }) (default: those that do)")

  private static let tokenize = Flag(
    "tokenize", .required("HOW"), choices: Tokenization.allCases.map(\.rawValue),
    help: "cut text at 'blanks', also around punctuation into 'words', or into 'characters' for "
      + "Chinese and Japanese (default: blanks)")
  private static let skipBad = Flag(
    "skip-bad",
    help: "leave out bad records, count them by reason and name the first five of each "
      + "(default: name them and write nothing)")
  private static let keepRelation = Flag(
    "keep-relation", .required("NAME"), .anyNumber,
    help: "take NAME for a relation though it reads as none, e.g. NA")
  private static let dropRelation = Flag(
    "drop-relation", .required("NAME"), .anyNumber,
    help: "leave out the triples of a relation, e.g. Other")

  /// The format of the input; `nil` where it is to be recognised.
  let format: CorpusFormat?
  /// A file, or the prefix of two.
  let input: String
  /// The file to write.
  let output: String
  /// The file of word ids.
  let words: String?
  /// The file of the relations that may occur.
  let relations: String?
  /// What is left out.
  let options: ConversionOptions

  /// Converts a file and prints its counts, and counts of unusable parts by reason.
  ///
  /// - Throws: `CorpusError` with file, line and record of malformed input; nothing is written then.
  func run() throws -> ExitStatus {
    let output = Output(path: output)
    try output.refuse([input, words, relations].compactMap { $0 })
    let format = try format ?? CorpusFormat.recognised(input)
    if self.format == nil { output.say("\(input): read as --from \(format)") }
    let conversion: Conversion
    do throws(CorpusError) {
      conversion = try format.read(input, words: words, relations: relations, options: options)
    } catch {
      let remedy = error.record == nil || options.skipsBad ? "" : " (--skip-bad leaves it out)"
      throw Failure(description: "\(error)\(remedy)")
    }
    try output.write(JSONLines.text(of: conversion.sentences))
    output.say("\(conversion.report(output: output.name))")
    if let warning = conversion.warning { Console.error("warning: \(input): \(warning)") }
    return .success
  }

  /// The formats of a kind, for help and messages.
  private static func names(where belongs: (CorpusFormat) -> Bool) -> String {
    CorpusFormat.allCases.filter(belongs).map(\.rawValue).joined(separator: " or ")
  }
}

extension DataConvert {
  init(_ line: ArgumentLine) throws(UsageError) {
    let format: CorpusFormat? = try line.choice(of: Self.from)
    if let format { try Self.check(line, fits: format) }
    var options = ConversionOptions()
    options.skipsBad = line.has(Self.skipBad)
    options.kept = line.values(of: Self.keepRelation)
    options.tokenization = try line.choice(of: Self.tokenize)
    options.dropped = line.values(of: Self.dropRelation)
    if let name = options.kept.first(where: options.dropped.contains) {
      throw line.error(
        "'\(name)' is named by --keep-relation and --drop-relation; give one of them")
    }
    self.init(
      format: format, input: line.requiredOperand, output: line.requiredValue(of: Self.out),
      words: line.value(of: Self.words), relations: line.value(of: Self.relations),
      options: options)
  }

  private static func check(
    _ line: ArgumentLine, fits format: CorpusFormat
  ) throws(UsageError) {
    let needed = format.needs.map(flag)
    if !needed.allSatisfy(line.has) {
      let usage = needed.map(\.usage).joined(separator: " and ")
      throw line.error("'--from \(format)' needs \(usage)")
    }
    if line.has(words) && !format.needs.contains(.words) {
      let names = names { $0.needs.contains(.words) }
      throw line.error("'--words' belongs to '--from \(names)', found '--from \(format)'")
    }
  }

  private static func flag(_ file: CorpusFormat.NameFile) -> Flag {
    switch file {
    case .words: words
    case .relations: relations
    }
  }
}
