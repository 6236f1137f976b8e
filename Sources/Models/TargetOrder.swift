import Randomness

/// The order of the triples that a decoder is taught (Copy/README.md 2.3, D23).
package enum TargetOrder: String, Codable, Sendable, CaseIterable {
  /// One random order.
  case shuffle
  /// The order of the corpus.
  case file
  /// By relation and position.
  case sorted
  /// A random order in each epoch.
  case reshuffle

  /// A sentence's targets in this order.
  ///
  /// - Parameters:
  ///   - targets: those of the sentence, in the order of the corpus.
  ///   - example: the sentence's index in its split.
  ///   - precedes: whether a target comes before another in ``sorted``.
  func arranged<Target>(
    _ targets: [Target], example: Int, streams: RandomStreams,
    by precedes: (Target, Target) -> Bool
  ) -> [Target] {
    switch self {
    case .file: return targets
    case .sorted: return targets.sorted(by: precedes)
    case .shuffle, .reshuffle:
      let epoch = self == .reshuffle ? streams.epoch : 0
      let stream = RandomStreams(seed: streams.seed, epoch: epoch)
        .stream("order of triples", example: example)
      return stream.permutation(targets.count).map { targets[$0] }
    }
  }
}
