import Randomness

/// The random streams of one epoch, keyed by purpose and sentence.
public struct RandomStreams: Sendable {
  /// The seed of the run.
  public let seed: UInt64
  /// The pass over the data, from 0.
  public let epoch: Int

  /// The streams of an epoch.
  public init(seed: UInt64, epoch: Int) {
    self.seed = seed
    self.epoch = epoch
  }

  /// The stream of one sentence and one purpose.
  ///
  /// - Parameter example: the sentence's index in its split.
  public func stream(_ purpose: String, example: Int) -> CounterRandom {
    CounterRandom(seed: seed, purpose: purpose, epoch: epoch, example: example)
  }
}
