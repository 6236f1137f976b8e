import Corpora

/// The triples of one relation.
public struct RelationScore: Hashable, Sendable {
  /// The relation's name.
  public let name: String
  /// Its predicted and gold triples.
  public internal(set) var score: Score
  /// The relations that were predicted between the entities of its missed triples, and how often; the commonest
  /// first.
  public let takenFor: [Mistake]

  /// A wrong relation between the right entities.
  public struct Mistake: Hashable, Sendable, Encodable {
    /// The predicted relation's name.
    public let relation: String
    /// The number of triples.
    public let count: Int
  }
}

extension RelationScore: Encodable {
  private enum Key: String, CodingKey {
    case name, takenFor
  }

  /// Writes the keys of ``score`` beside the name.
  public func encode(to encoder: any Encoder) throws {
    try score.encode(to: encoder)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    try values.encode(takenFor, forKey: .takenFor)
  }
}

extension Comparison {
  /// Each relation that is predicted or gold, worst F1 first, then the one with more gold triples, then by name.
  func byRelation(_ faults: [Fault]) -> [RelationScore] {
    var counts: [ExactString: [SentenceCounts]] = [:]
    for (index, keyed) in model.keyed.enumerated() {
      let predicted = Dictionary(grouping: keyed.predicted, by: \.relation)
      let gold = Dictionary(grouping: keyed.gold, by: \.relation)
      for case let relation? in Set(predicted.keys).union(gold.keys) {
        let found = TripleCounts(
          predicted: Set(predicted[relation] ?? []), gold: Set(gold[relation] ?? []))
        counts[relation, default: []].append(SentenceCounts(index, found))
      }
    }
    let mistakes = Self.mistakes(faults)
    return counts.map { relation, counts in
      RelationScore(
        name: relation.value, score: Score(sentences: counts.count, bySentence: counts),
        takenFor: mistakes[relation] ?? [])
    }.sorted(by: Self.isWorse)
  }

  private static func isWorse(_ a: RelationScore, _ b: RelationScore) -> Bool {
    if a.score.f1 != b.score.f1 { return a.score.f1 < b.score.f1 }
    if a.score.counts.gold != b.score.counts.gold {
      return a.score.counts.gold > b.score.counts.gold
    }
    return ExactString(a.name) < ExactString(b.name)
  }

  private static func mistakes(_ faults: [Fault]) -> [ExactString: [RelationScore.Mistake]] {
    var counts: [ExactString: [ExactString: Int]] = [:]
    for fault in faults where fault.kind == .relation {
      guard let gold = fault.gold?.relation, let predicted = fault.predicted?.relation else {
        continue
      }
      counts[ExactString(gold), default: [:]][ExactString(predicted), default: 0] += 1
    }
    return counts.mapValues { counts in
      counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { RelationScore.Mistake(relation: $0.key.value, count: $0.value) }
    }
  }
}
