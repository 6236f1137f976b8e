import Autodiff
import Corpora
import Layers
import Tensors

/// A model of the Copy family: names, published options and architecture on top of ``CopyNetwork``.
package protocol CopyModel: ExtractionModel where Options == CopyOptions, Input == WordInput {
  /// The model's copy scorer, slots and tagging.
  static var architecture: CopyArchitecture { get }
  /// The network of this architecture; it implements all requirements of ``ExtractionModel``.
  var network: CopyNetwork { get }
  /// Wraps a network of this architecture.
  init(network: CopyNetwork)
}

extension CopyModel {
  package static var sizes: [CorpusSize] { [.longestEntity] }
  package static var slotsKey: String? { "model.triples" }
  package static var hasCRF: Bool { architecture.tagging }

  package init(options: CopyOptions, vocabularies: Vocabularies) {
    self.init(
      network: CopyNetwork(
        options: options, architecture: Self.architecture, vocabularies: vocabularies))
  }

  package var vocabularies: Vocabularies { network.vocabularies }
  package var layout: ParameterLayout { network.layout }
  package var objective: [ObjectiveTerm<WordInput>] { network.objective }
  package var wordTables: [WordTable] {
    [WordTable(network.words.table, start: network.options.wordStart)]
  }

  package func losses(
    of shard: [WordInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    network.losses(of: shard, streams: streams, on: tape)
  }

  package func predict(_ batch: [WordInput], scoring: Bool, on tape: Tape) -> [Prediction] {
    network.predict(batch, scoring: scoring, on: tape)
  }

  package var taggedEntities: TaggedEntities { network.options.taggedEntities }

  package func expressible(in input: WordInput) -> Expressible { network.expressible(in: input) }
}
