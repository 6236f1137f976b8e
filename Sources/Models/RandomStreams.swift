import Randomness

/// The random streams of one epoch, keyed by purpose and sentence.
public struct RandomStreams: Sendable {
  /// The seed of the run.
  public let seed: UInt64
  /// The index of the epoch, from 0.
  public let epoch: Int

  /// Makes the streams of one epoch.
  public init(seed: UInt64, epoch: Int) {
    self.seed = seed
    self.epoch = epoch
  }

  /// The stream of one sentence and one purpose.
  ///
  /// - Parameters:
  ///   - purpose: a unique name of the stream's use, such as `teacher forcing`.
  ///   - example: the sentence's index in its split.
  public func stream(_ purpose: String, example: Int) -> CounterRandom {
    CounterRandom(seed: seed, purpose: purpose, epoch: epoch, example: example)
  }
}
