import Corpora

/// The probability that a system gives a predicted triple, and whether the triple is right.
public struct Confidence: Hashable, Sendable {
  /// From 0 to 1.
  public let probability: Float
  /// Whether the triple is gold.
  public let isRight: Bool

  /// Pairs a probability with the truth.
  public init(probability: Float, isRight: Bool) {
    (self.probability, self.isRight) = (probability, isRight)
  }

  /// Those of a sentence's predicted triples, in the decoder's order: of triples that are the same under the match mode
  /// one, with the largest probability. Groups with an empty slot are no triples; a system without probabilities has
  /// none here.
  public static func list(
    of prediction: Prediction, in sentence: Sentence, match: MatchMode = .exact
  ) -> [Confidence] {
    let matching = Matching(mode: match)
    let gold = Set(matching.gold(of: sentence))
    var (keys, largest): ([TripleKey], [TripleKey: Float]) = ([], [:])
    for (triple, probability) in zip(prediction.triples, prediction.tripleScores) {
      let key = matching.key(of: triple, in: sentence)
      if largest[key] == nil { keys.append(key) }
      largest[key] = max(largest[key] ?? 0, probability)
    }
    return keys.map { Confidence(probability: largest[$0] ?? 0, isRight: gold.contains($0)) }
  }
}
