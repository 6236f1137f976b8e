import Autodiff
import Corpora
import Layers
import Tensors

/// A member of the family: a name, its published settings, and the network that does the work.
public protocol CopyModel: ExtractionModel where Options == CopyOptions, Input == WordInput {
  static var architecture: CopyArchitecture { get }
  var network: CopyNetwork { get }
  init(network: CopyNetwork)
}

extension CopyModel {
  public static var sizes: [CorpusSize] { [.longestEntity] }

  public init(options: CopyOptions, vocabularies: Vocabularies) {
    self.init(
      network: CopyNetwork(
        options: options, architecture: Self.architecture, vocabularies: vocabularies))
  }

  public var vocabularies: Vocabularies { network.vocabularies }
  public var layout: ParameterLayout { network.layout }
  public var objective: [ObjectiveTerm<WordInput>] { network.objective }
  public var wordTables: [WordTable] {
    [WordTable(network.words.table, start: network.options.wordStart)]
  }

  public func losses(
    of shard: [WordInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    network.losses(of: shard, streams: streams, on: tape)
  }

  public func predict(_ batch: [WordInput], on tape: Tape) -> [Prediction] {
    network.predict(batch, on: tape)
  }

  public func oracle(of input: WordInput, seed: UInt64) -> Prediction {
    network.oracle(of: input, seed: seed)
  }
}
