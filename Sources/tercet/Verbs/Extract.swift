import Commands
import Corpora
import Foundation
import Tensors

/// `tercet extract --checkpoint FILE [FILE]`: prints the triples that a model finds in sentences.
struct Extract: Verb {
  static let syntax = VerbSyntax(
    words: ["extract"],
    purpose: "print the triples that a checkpoint's model finds in sentences",
    operand: Operand(
      name: "FILE", count: .upToOnce,
      help: "sentences, one a line, tokens between blanks (default: standard input)"),
    flags: [checkpoint, threads, precision, json],
    examples: [
      "echo \"Peter Stöger is manager of 1 . FC Köln .\" | "
        + "tercet extract --checkpoint best.h5",
      "tercet extract --checkpoint best.h5 --threads all --json sentences.txt",
    ])

  private static let checkpoint = Flag(
    "checkpoint", .required("FILE"), .once, help: "checkpoint of the model to use")
  private static let threads = Flag(
    "threads", .required("N"), help: "threads to compute with, or 'all' cores (default: 1)")
  private static let precision = Flag(
    "precision", .required("KIND"),
    help: "multiply float32 or bfloat16 (default: as trained)")
  private static let json = Flag(
    "json", help: "print one JSON object a sentence (default: text)")

  /// The checkpoint of the model to use.
  let checkpoint: String
  /// The file of sentences; `nil` for standard input.
  let input: String?
  /// Threads to compute with.
  let threads: ThreadCount
  /// The numbers that products multiply; `nil` for those of the checkpoint.
  let precision: Precision?
  /// Whether to print JSON Lines in place of text.
  let printsJSON: Bool

  func run() throws -> ExitStatus {
    let loaded = try LoadedModel(checkpoint, precision: precision)
    let sentences = try sentences()
    let name = input ?? "standard input"
    if let warning = loaded.warning(about: sentences, in: name) { Console.error(warning) }
    let predictions = loaded.predictions(loaded.encode(sentences), of: name, threads: threads)
    for (sentence, prediction) in zip(sentences, predictions) {
      if printsJSON {
        var found = sentence
        found.triples = prediction.triples
        Console.line(JSONLines.line(found))
      } else {
        Console.text(text(prediction.triples, in: sentence))
      }
    }
    return .success
  }

  /// A line a triple, head, relation and tail between tabs, and an empty line after each sentence.
  private func text(_ triples: [Triple], in sentence: Sentence) -> String {
    triples.map {
      "\(sentence.text(of: $0.head))\t\($0.relation)\t\(sentence.text(of: $0.tail))\n"
    }.joined() + "\n"
  }

  /// Reads the sentences, one a line; empty lines are passed over.
  private func sentences() throws -> [Sentence] {
    let bytes: Data
    do {
      bytes =
        try input.map { try Data(contentsOf: URL(filePath: $0)) }
        ?? FileHandle.standardInput.readToEnd() ?? Data()
    } catch {
      throw Failure(description: "\(input ?? "standard input"): cannot be read; check the path")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(description: "\(input ?? "standard input"): not UTF-8; convert it first")
    }
    return text.split(whereSeparator: \.isNewline).enumerated().map {
      Sentence(id: "\($0 + 1)", tokens: Sentence.tokens(of: String($1)))
    }.filter { !$0.tokens.isEmpty }
  }
}

extension Extract {
  init(_ line: ArgumentLine) throws(UsageError) {
    self.init(
      checkpoint: line.requiredValue(of: Self.checkpoint), input: line.operands.first,
      threads: try line.threads(of: Self.threads),
      precision: try line.choice(of: Self.precision), printsJSON: line.has(Self.json))
  }
}
