import Commands
import Corpora

/// `tercet data convert --from FORMAT INPUT --out FILE`: turns a published corpus into JSON Lines.
struct DataConvert: Verb {
  static let syntax = VerbSyntax(
    words: ["data", "convert"],
    purpose: "convert a corpus to tercet's JSON Lines and print its counts",
    operand: Operand(
      name: "INPUT", count: .once,
      help: "file to convert; for \(names(where: \.isPair)), the prefix of its two files"),
    flags: [from, out, words, relations],
    notes: "Formats: \(CorpusFormat.overview). INPUT may be gzipped.",
    examples: [
      "tercet data convert --from triples train_triples.json.gz --out data/webnlg/train.jsonl",
      "tercet data convert --from copyre train.json --words words2id.json \\",
      "  --relations relations2id.json --out data/nyt/train.jsonl",
      "tercet data convert --from tuples NYT29/train --out data/nyt29/train.jsonl",
    ])

  private static let from = Flag("from", .required("FORMAT"), .once, help: "format of INPUT")
  private static let out = Flag(
    "out", .required("FILE"), .once, help: "file to write; its folders are made")
  private static let words = Flag(
    "words", .required("FILE"),
    help: "numbers of the words, for --from \(names { $0.needs.contains(.words) }) only")
  private static let relations = Flag(
    "relations", .required("FILE"),
    help: "the relations that may occur; needed by --from "
      + "\(names { $0.needs.contains(.relations) }) (default: those that do)")

  /// The format of the input.
  let format: CorpusFormat
  /// A file, or the prefix of two.
  let input: String
  /// The file to write.
  let output: String
  /// The file of word ids; given if and only if the format needs it.
  let words: String?
  /// The file of the relations that may occur; always given where the format needs it.
  let relations: String?

  /// Converts a file and prints its counts, and counts of unusable parts by reason.
  ///
  /// - Throws: `CorpusError` with file and line of malformed input; nothing is written then.
  func run() throws -> ExitStatus {
    let conversion = try format.read(input, words: words, relations: relations)
    try JSONLines.write(conversion.sentences, to: output)
    Console.line("\(conversion.report(output: output))")
    return .success
  }

  /// The formats of a kind, for help and messages.
  private static func names(where belongs: (CorpusFormat) -> Bool) -> String {
    CorpusFormat.allCases.filter(belongs).map(\.rawValue).joined(separator: " or ")
  }
}

extension DataConvert {
  init(_ line: ArgumentLine) throws(UsageError) {
    let format: CorpusFormat = try line.requiredChoice(of: Self.from)
    let needed = format.needs.map(Self.flag)
    if !needed.allSatisfy(line.has) {
      let usage = needed.map(\.usage).joined(separator: " and ")
      throw line.error("'--from \(format)' needs \(usage)")
    }
    if line.has(Self.words) && !format.needs.contains(.words) {
      let names = Self.names { $0.needs.contains(.words) }
      throw line.error("'--words' belongs to '--from \(names)', found '--from \(format)'")
    }
    self.init(
      format: format, input: line.requiredOperand, output: line.requiredValue(of: Self.out),
      words: line.value(of: Self.words), relations: line.value(of: Self.relations))
  }

  private static func flag(_ file: CorpusFormat.NameFile) -> Flag {
    switch file {
    case .words: words
    case .relations: relations
    }
  }
}
