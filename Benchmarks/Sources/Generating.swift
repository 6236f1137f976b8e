import Autodiff
import Corpora
import Foundation
import Layers
import Models
import Tensors

/// GenerativeRE of MiniLM's shape, from random weights: what it reads, for a peer, and how fast it writes.
enum Generating {
  /// The sentences that are written for, and the pieces that are written for each.
  private static let (sentences, written) = (128, 64)

  private static func model(_ training: [Sentence]) -> Generative {
    var options = GenerativeOptions()
    (options.layers, options.hidden, options.heads, options.inner) = (6, 384, 12, 1536)
    options.decodingLimit = written
    return Generative(
      options: options, vocabularies: Generative.vocabularies(of: training, options: options))
  }

  private struct Sizes: Encodable {
    let vocabulary: Int
    let hidden: Int
    let layers: Int
    let heads: Int
    let inner: Int
    let positions: Int
    let mask: Int32
  }

  private struct Record: Encodable {
    let ids: [Int32]
    let labels: [Int]
    let source: Int
  }

  /// Prints the sizes of the model, then the pieces of each training sentence with their labels, a line of JSON each.
  static func pieces(_ folder: String) throws {
    let training = try JSONLines.read("\(folder)/train.jsonl")
    let model = model(training)
    let shape = model.network.encoder.shape
    try put(
      Sizes(
        vocabulary: shape.vocabulary, hidden: shape.hidden, layers: shape.layers,
        heads: shape.heads, inner: shape.inner, positions: shape.positions,
        mask: model.symbols.mask))
    for (index, sentence) in training.enumerated() {
      let input = model.input(sentence, index: index, limit: .max)
      guard let sequence = model.sequence(of: input, streams: RandomStreams(seed: 1, epoch: 0))
      else { continue }
      try put(
        Record(
          ids: sequence.ids, labels: sequence.labels.map(\.rawValue), source: sequence.source))
    }
  }

  private static func put(_ value: some Encodable) throws {
    print(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
  }

  /// Pieces a second of greedy writing, of the second of two passes. No target ends before the limit.
  static func run(_ folder: String, threads: Int) throws {
    let training = try JSONLines.read("\(folder)/train.jsonl")
    let model = model(training)
    let split = model.encode(Array(training.prefix(sentences)))
    let parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 1)
    parameters(model.network.tokens.bias)[0, Int(model.symbols.end)] = -1e9
    let weights = WeightStore(parameters, products: Products(.automatic))
    let team = ThreadTeam(threads)
    let pass = { _ = Inference.predict(split, weights: weights, on: team) }
    pass()
    report(
      "generative.written.\(threads)", Double(split.count * written) / elapsedSeconds(pass),
      "pieces/s")
  }
}
