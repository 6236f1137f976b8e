import Commands
import Configuration
import Corpora
import Foundation
import Models
import Tensors

/// `tercet extract`: prints the facts that a model finds in sentences.
enum Extract {
  static func run(_ arguments: ExtractArguments) throws {
    let changes = try arguments.precision.map {
      try ConfigurationOverride("precision=\($0.rawValue)")
    }
    let loaded = try LoadedModel(arguments.checkpoint, overrides: changes.map { [$0] } ?? [])
    let sentences = try sentences(arguments.input)
    let name = arguments.input ?? "standard input"
    if let warning = loaded.warning(about: sentences, in: name) { Console.error(warning) }
    let predictions = Inference.predict(
      loaded.encode(sentences), weights: loaded.weights,
      on: ThreadTeam(arguments.threads.count))
    for (sentence, prediction) in zip(sentences, predictions) {
      switch arguments.output {
      case .jsonLines:
        var found = sentence
        found.triples = prediction.triples
        Console.line(JSONLines.line(found))
      case .text: Console.text(text(prediction.triples, in: sentence))
      }
    }
  }

  /// A line a triple, head, relation and tail between tabs, and an empty line after each sentence.
  private static func text(_ triples: [Triple], in sentence: Sentence) -> String {
    triples.map {
      "\(sentence.text(of: $0.head))\t\($0.relation)\t\(sentence.text(of: $0.tail))\n"
    }.joined() + "\n"
  }

  /// The sentences of a file, or of standard input, one a line; empty lines are passed over.
  private static func sentences(_ path: String?) throws -> [Sentence] {
    let bytes: Data
    do {
      bytes =
        try path.map { try Data(contentsOf: URL(filePath: $0)) }
        ?? FileHandle.standardInput.readToEnd() ?? Data()
    } catch {
      throw Failure(description: "\(path ?? "standard input"): cannot be read; check the path")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(description: "\(path ?? "standard input"): not UTF-8; convert it first")
    }
    return text.split(whereSeparator: \.isNewline).enumerated().map {
      Sentence(id: "\($0 + 1)", tokens: Sentence.tokens(of: String($1)))
    }.filter { !$0.tokens.isEmpty }
  }
}
