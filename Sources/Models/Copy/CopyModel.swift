import Autodiff
import Corpora
import Tensors

/// A member of the family: a name, its published settings, and the network that does the work.
public protocol CopyModel: ExtractionModel where Options == CopyOptions {
  static var architecture: CopyArchitecture { get }
  var network: CopyNetwork { get }
  init(network: CopyNetwork)
}

extension CopyModel {
  public init(options: CopyOptions, inventory: Inventory) {
    self.init(
      network: CopyNetwork(
        options: options, architecture: Self.architecture, inventory: inventory))
  }

  public var inventory: Inventory { network.inventory }
  public var layout: ParameterLayout { network.layout }
  public var objective: [(name: String, weight: Float)] { network.objective }

  public func losses(of shard: [Example], draws: RandomStreams, on tape: Tape) -> [LossTerm] {
    network.losses(of: shard, draws: draws, on: tape)
  }

  public func predict(_ batch: [Example], on tape: Tape) -> [Prediction] {
    network.predict(batch, on: tape)
  }

  public func ceiling(of example: Example, seed: UInt64) -> Prediction {
    network.ceiling(of: example, seed: seed)
  }
}
