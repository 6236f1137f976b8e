import Autodiff
import Corpora
import Randomness

/// The random numbers of a pass over the data, by what they are for.
public struct RandomStreams: Sendable {
  public let seed: UInt64
  public let epoch: Int

  public init(seed: UInt64, epoch: Int) {
    self.seed = seed
    self.epoch = epoch
  }

  /// The stream of one example and one purpose.
  public func stream(_ purpose: String, example: Int) -> CounterRandom {
    CounterRandom(seed: seed, purpose: purpose, epoch: epoch, example: example)
  }
}

/// An option that a model cannot work with.
public struct InvalidOption: Error, CustomStringConvertible, Sendable {
  /// The key below `model`, such as `dropout`.
  public let key: String
  public let found: String
  public let expected: String

  public init(key: String, found: String, expected: String) {
    self.key = key
    self.found = found
    self.expected = expected
  }

  public var description: String { "'\(key)' must be \(expected), found \(found)" }
}

/// What a model can be told in a configuration file.
public protocol ModelOptions: Codable, Sendable {
  func validate() throws(InvalidOption)
}

/// An extraction system: it declares its parameters, computes the terms of its objective on a shard, and
/// reads facts out of sentences.
///
/// A model holds no numbers: parameters lie in the slab of the tape that it is given, so that one model
/// serves any number of threads.
public protocol ExtractionModel: Sendable {
  associatedtype Options: ModelOptions

  /// What `model.kind` says; the first is the one that is written.
  static var names: [String] { get }
  /// The published settings.
  static var defaults: Options { get }

  init(options: Options, inventory: Inventory)

  var inventory: Inventory { get }
  var layout: ParameterLayout { get }
  /// The terms of the objective by name, with the weight of each in the total, in the order of
  /// ``losses(of:draws:on:)``.
  var objective: [(name: String, weight: Float)] { get }

  /// Runs the model forward on one shard, for training.
  ///
  /// - Parameter shard: sentences, longest first; not empty.
  /// - Returns: each term's sum over the sentences of the shard.
  func losses(of shard: [Example], draws: RandomStreams, on tape: Tape) -> [LossTerm]

  /// Reads facts out of sentences.
  ///
  /// - Parameter batch: sentences, longest first; not empty.
  func predict(_ batch: [Example], on tape: Tape) -> [Prediction]

  /// What this model would say of a sentence if all its decisions were right: a bound for its scores.
  func ceiling(of example: Example, seed: UInt64) -> Prediction
}
