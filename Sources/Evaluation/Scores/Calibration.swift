import Corpora

/// How far the probabilities of predicted triples are their share of right ones (Evaluation/README.md 9.14).
public struct Calibration: Hashable, Sendable, Encodable {
  /// Predicted triples of similar probability.
  public struct Bin: Hashable, Sendable, Encodable {
    /// The number of triples.
    public var count = 0
    /// Those that are right.
    public var right = 0
    /// The mean probability; 0 without triples.
    public var score = 0.0
  }

  /// The scores of what is left when less probable triples are left out.
  public struct Point: Hashable, Sendable, Encodable {
    /// The least probability that is left.
    public let score: Double
    /// The precision of what is left.
    public let precision: Double
    /// The recall of what is left.
    public let recall: Double
  }

  /// The number of bins, of equal width.
  private static let binCount = 10
  /// The number of points, at equal distances from 0 to 1.
  private static let pointCount = 101

  /// The expected calibration error: the mean distance between a bin's probability and its share of right triples,
  /// weighted by its triples (Guo and others, 2017).
  public let expectedError: Double
  /// The bins by rising probability.
  public let bins: [Bin]
  /// Precision and recall by rising least probability.
  public let curve: [Point]

  /// Compares probabilities with what is right.
  ///
  /// - Parameters:
  ///   - scored: probability, of 32 bits, and rightness of each distinct predicted triple.
  ///   - gold: the number of gold triples.
  init(_ scored: [(score: Double, isRight: Bool)], gold: Int) {
    var bins = Array(repeating: Bin(), count: Self.binCount)
    for (score, isRight) in scored {
      let index = min(Int(Float(score) * Float(Self.binCount)), Self.binCount - 1)
      bins[index].count += 1
      bins[index].right += isRight ? 1 : 0
      bins[index].score += score
    }
    var distance = 0.0
    for index in bins.indices where bins[index].count > 0 {
      distance += abs(bins[index].score - Double(bins[index].right))
      bins[index].score /= Double(bins[index].count)
    }
    self.bins = bins
    expectedError = scored.isEmpty ? 0 : distance / Double(scored.count)
    curve = (0..<Self.pointCount).map { step in
      let least = Double(step) / Double(Self.pointCount - 1)
      let kept = scored.filter { Float($0.score) >= Float(least) }
      let counts = TripleCounts(tp: kept.count(where: \.isRight), predicted: kept.count, gold: gold)
      return Point(score: least, precision: counts.precision, recall: counts.recall)
    }
  }
}

extension Comparison {
  /// Probabilities of complete triples against the match mode; `nil` where a prediction has none.
  func calibration() -> Calibration? {
    let predictions = model.predictions
    guard predictions.contains(where: { !$0.scores.isEmpty }),
      predictions.allSatisfy({ $0.scores.count == $0.groups.count })
    else { return nil }
    let matching = options.matching
    let scored = sentences.indices.flatMap { index -> [(score: Double, isRight: Bool)] in
      let (sentence, prediction) = (sentences[index], predictions[index])
      var best: [TripleKey: Double] = [:]
      for (group, score) in zip(prediction.groups, prediction.scores) where group.isComplete {
        let key = matching.key(of: group, in: sentence)
        best[key] = max(best[key] ?? 0, Double(score))
      }
      // Keys that the authors' rule of RIN calls wrong differ from the gold ones.
      let gold = Set(model.keyed[index].gold)
      return model.keyed[index].predicted.filter(\.isComplete).map { key in
        var plain = key
        plain.isWrong = false
        return (best[plain] ?? 0, gold.contains(key))
      }
    }
    return Calibration(scored, gold: gold.reduce(0) { $0 + $1.count })
  }
}
