import Commands
import Corpora
import Foundation

/// `tercet data synthesize --seed S --sentences N --out DIR`: makes a corpus of artificial sentences.
struct DataSynthesize: Verb {
  static let syntax = VerbSyntax(
    words: ["data", "synthesize"],
    purpose: "make the sample corpus: train.jsonl, dev.jsonl and test.jsonl, split 8:1:1",
    flags: [seed, sentences, out, overwrite],
    notes: "The same seed and number of sentences make the same bytes.",
    examples: [
      "tercet data synthesize --seed 1 --sentences 400 --out data/sample",
      "tercet data synthesize --seed 7 --sentences 10000 --out data/large",
    ])

  private static let seed = Flag(
    "seed", .required("S"), .once, help: "whole number that the sentences depend on")
  private static let sentences = Flag(
    "sentences", .required("N"), .once, help: "number of sentences in all three files")
  private static let out = Flag(
    "out", .required("DIR"), .once, help: "folder to write to; it is made")
  private static let overwrite = Flag(
    "overwrite",
    help: "replace files that are there with other contents (default: name one and write nothing)")

  /// The seed of all random numbers.
  let seed: UInt64
  /// Sentences of the three splits together.
  let sentences: Int
  /// The folder to write to.
  let output: String
  /// Whether files with other contents are replaced.
  var overwrites = false

  /// Writes `train.jsonl`, `dev.jsonl` and `test.jsonl` and prints their sizes.
  ///
  /// - Throws: `CorpusError` for less than ten sentences or a folder that cannot be written; ``Failure`` for a file that
  ///   is not to be replaced.
  func run() throws -> ExitStatus {
    let splits = try Synthesizer.synthesize(seed: seed, sentences: sentences)
    let named = [("train", splits.train), ("dev", splits.dev), ("test", splits.test)].map {
      (
        path: URL(filePath: output, directoryHint: .isDirectory).appending(path: "\($0).jsonl")
          .relativePath, split: $1
      )
    }
    if !overwrites { for (path, split) in named { try Self.refuse(path, unlike: split) } }
    for (path, split) in named { try JSONLines.write(split, to: path) }
    for (path, split) in named { Console.line("\(path): \(CorpusStatistics(split).summary)") }
    return .success
  }

  /// Refuses to write a split over a file of other contents.
  private static func refuse(_ path: String, unlike split: [Sentence]) throws {
    guard FileIdentity(path) != nil,
      FileManager.default.contents(atPath: path) != Data(JSONLines.text(of: split).utf8)
    else { return }
    throw Failure(
      description: "\(path): is there with other contents; name another folder, or replace it with "
        + "--overwrite")
  }
}

extension DataSynthesize {
  init(_ line: ArgumentLine) throws(UsageError) {
    if line.value(of: Self.out) == "-" {
      throw line.error("'--out -' cannot take three files; name a folder")
    }
    self.init(
      seed: try line.requiredNumber(of: Self.seed, atLeast: 0),
      sentences: try line.requiredNumber(of: Self.sentences, atLeast: 1),
      output: line.requiredValue(of: Self.out), overwrites: line.has(Self.overwrite))
  }
}
