import Corpora

/// The counts behind precision, recall and F1. They are added, over sentences or over ranks, before
/// any quotient is taken: a micro-average (Evaluation/README.md 9.1).
public struct TripleCounts: Hashable, Sendable, Encodable {
  /// Predictions that are gold.
  public var tp: Int
  /// Predictions, right or wrong.
  public var predicted: Int
  /// Gold triples, or whatever else is counted.
  public var gold: Int

  /// Counts that are known already.
  public init(tp: Int = 0, predicted: Int = 0, gold: Int = 0) {
    self.tp = tp
    self.predicted = predicted
    self.gold = gold
  }

  /// Counts the triples of `sentences`, each sentence's sets without repeats under the match mode.
  ///
  /// - Parameters:
  ///   - predictions: one for each sentence, in the same order.
  ///   - by: how the partial modes compare a token.
  ///   - incompleteGroups: the scoring of groups with some slots empty.
  /// - Precondition: as many predictions as sentences.
  public init(
    sentences: [Sentence], predictions: [Prediction], match: MatchMode = .exact,
    by: TokenIdentity = .position, incompleteGroups: IncompleteGroups = .wrong
  ) {
    precondition(
      sentences.count == predictions.count,
      "\(predictions.count) predictions for \(sentences.count) sentences")
    let matching = Matching(mode: match, by: by, incompleteGroups: incompleteGroups)
    self = zip(sentences, predictions).reduce(into: TripleCounts()) { sum, pair in
      sum += TripleCounts(KeyedSentence(pair.0, pair.1, matching))
    }
  }

  init(_ keyed: KeyedSentence) {
    self.init(predicted: Set(keyed.predicted), gold: Set(keyed.gold))
  }

  init<Element: Hashable>(predicted: Set<Element>, gold: Set<Element>) {
    self.init(
      tp: predicted.intersection(gold).count, predicted: predicted.count, gold: gold.count)
  }

  /// `tp / predicted`, or 0 where nothing is predicted.
  public var precision: Double { predicted == 0 ? 0 : Double(tp) / Double(predicted) }

  /// `tp / gold`, or 0 where nothing is gold.
  public var recall: Double { gold == 0 ? 0 : Double(tp) / Double(gold) }

  /// The harmonic mean of precision and recall, or 0 where both are 0.
  public var f1: Double {
    // 2PR / (P + R) with the quotients multiplied out.
    predicted + gold == 0 ? 0 : 2 * Double(tp) / Double(predicted + gold)
  }

  /// The counts of two disjoint sets of sentences taken together.
  public static func + (a: Self, b: Self) -> Self {
    Self(tp: a.tp + b.tp, predicted: a.predicted + b.predicted, gold: a.gold + b.gold)
  }

  /// Adds the counts of other sentences.
  public static func += (a: inout Self, b: Self) { a = a + b }
}
