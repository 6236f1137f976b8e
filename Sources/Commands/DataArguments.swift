/// `tercet data convert --from FORMAT INPUT --out FILE`.
public struct ConvertArguments: Hashable, Sendable {
  /// The format to convert from.
  public enum Format: Hashable, Sendable {
    case triples
    case cotype
    /// Sentences of ids, with the files that name them.
    case copyre(words: String)
    case tuples
    case conll04
    case spert
    case dygie
  }

  /// The format of the input.
  public let format: Format
  /// A file, or for `tuples` the prefix of two.
  public let input: String
  /// The file to write.
  public let output: String
  /// The file of the relations that may occur; always there for `copyre`.
  public let relations: String?
}

extension ConvertArguments {
  static let verb = Verb(
    words: ["data", "convert"],
    purpose: "convert a corpus to tercet's JSON Lines and print its counts",
    operand: input,
    flags: [from, out, words, relations],
    notes: "Formats: triples (text and triple_list), cotype (CoType lines), copyre (ids, with "
      + "--words and --relations), tuples (INPUT is the prefix of .sent and .tup), conll04 "
      + "(#doc and BIO columns), spert and dygie (spans). INPUT may be gzipped.",
    examples: [
      "tercet data convert --from triples train_triples.json.gz --out data/webnlg/train.jsonl",
      "tercet data convert --from copyre train.json --words words2id.json \\",
      "  --relations relations2id.json --out data/nyt/train.jsonl",
      "tercet data convert --from tuples NYT29/train --out data/nyt29/train.jsonl",
    ]
  ) { line throws(UsageError) in .convert(try ConvertArguments(line)) }

  private enum Name: String, CaseIterable {
    case triples, cotype, copyre, tuples, conll04, spert, dygie
  }

  private static let input = Operand(
    name: "INPUT", count: .once, help: "file to convert; for tuples, the prefix of its two files")
  private static let from = Flag("from", .required("FORMAT"), .once, help: "format of INPUT")
  private static let out = Flag(
    "out", .required("FILE"), .once, help: "file to write; its folders are made")
  private static let words = Flag(
    "words", .required("FILE"), help: "numbers of the words, for --from copyre only")
  private static let relations = Flag(
    "relations", .required("FILE"),
    help: "the relations that may occur; needed by --from copyre (default: those that do)")

  init(_ line: ArgumentLine) throws(UsageError) {
    let words = line.value(of: Self.words)
    relations = line.value(of: Self.relations)
    let name: Name = try line.requiredChoice(of: Self.from)
    switch name {
    case .triples: format = .triples
    case .cotype: format = .cotype
    case .tuples: format = .tuples
    case .conll04: format = .conll04
    case .spert: format = .spert
    case .dygie: format = .dygie
    case .copyre:
      guard let words, relations != nil else {
        throw line.error("'--from copyre' needs --words FILE and --relations FILE")
      }
      format = .copyre(words: words)
    }
    if words != nil && name != .copyre {
      throw line.error("'--words' belongs to '--from copyre', found '--from \(name.rawValue)'")
    }
    input = line.requiredOperand
    output = line.requiredValue(of: Self.out)
  }
}

/// `tercet data synthesize --seed S --sentences N --out DIR`.
public struct SynthesizeArguments: Hashable, Sendable {
  /// What the sentences depend on.
  public let seed: UInt64
  /// Sentences of the three splits together.
  public let sentences: Int
  /// The folder to write to.
  public let output: String
}

extension SynthesizeArguments {
  static let verb = Verb(
    words: ["data", "synthesize"],
    purpose: "make the sample corpus: train.jsonl, dev.jsonl and test.jsonl, split 8:1:1",
    operand: nil,
    flags: [seed, sentences, out],
    notes: "The same seed and number of sentences make the same bytes.",
    examples: [
      "tercet data synthesize --seed 1 --sentences 400 --out data/sample",
      "tercet data synthesize --seed 7 --sentences 10000 --out data/large",
    ]
  ) { line throws(UsageError) in .synthesize(try SynthesizeArguments(line)) }

  private static let seed = Flag(
    "seed", .required("S"), .once, help: "whole number that the sentences depend on")
  private static let sentences = Flag(
    "sentences", .required("N"), .once, help: "number of sentences in all three files")
  private static let out = Flag(
    "out", .required("DIR"), .once, help: "folder to write to; it is made")

  init(_ line: ArgumentLine) throws(UsageError) {
    seed = try line.requiredNumber(of: Self.seed, atLeast: 0)
    sentences = try line.requiredNumber(of: Self.sentences, atLeast: 1)
    output = line.requiredValue(of: Self.out)
  }
}

/// `tercet data stats PATH...`.
public struct StatisticsArguments: Hashable, Sendable {
  /// Files, or folders of them; at least one.
  public let paths: [String]
}

extension StatisticsArguments {
  static let verb = Verb(
    words: ["data", "stats"],
    purpose: "print sizes, counts and overlap classes of corpora",
    operand: Operand(
      name: "PATH", count: .atLeastOnce, help: "JSON Lines file, or a folder of them"),
    flags: [],
    examples: [
      "tercet data stats data/webnlg",
      "tercet data stats data/nyt/test.jsonl data/webnlg/test.jsonl",
    ]
  ) { line in .statistics(StatisticsArguments(paths: line.operands.map(\.text))) }
}
