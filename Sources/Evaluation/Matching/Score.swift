/// Counts over some sentences, and the counts of the model's oracle beside them.
///
/// In JSON: `sentences`, `precision`, `recall`, `f1`, `counts` and, where the oracle is known, `ceiling`
/// with the same keys but `sentences`.
public struct Score: Hashable, Sendable {
  /// The sentences that were scored.
  public var sentences: Int
  /// The counts of the model's predictions.
  public var counts: TripleCounts
  /// The counts of the predictions with gold pointers and gold tags, the structural ceiling: a score
  /// above it is measured wrongly.
  public var oracle: TripleCounts?

  /// A score over so many sentences.
  public init(sentences: Int, counts: TripleCounts, oracle: TripleCounts? = nil) {
    self.sentences = sentences
    self.counts = counts
    self.oracle = oracle
  }

  /// The precision of the counts.
  public var precision: Double { counts.precision }
  /// The recall of the counts.
  public var recall: Double { counts.recall }
  /// The F1 of the counts.
  public var f1: Double { counts.f1 }
}

extension Score: Encodable {
  private enum Key: String, CodingKey {
    case sentences, precision, recall, f1, counts
    case oracle = "ceiling"
  }

  /// Writes the counts with their quotients.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(sentences, forKey: .sentences)
    try Self.encode(counts, to: &values)
    if let oracle {
      var inner = values.nestedContainer(keyedBy: Key.self, forKey: .oracle)
      try Self.encode(oracle, to: &inner)
    }
  }

  private static func encode(
    _ counts: TripleCounts, to values: inout KeyedEncodingContainer<Key>
  ) throws {
    try values.encode(counts.precision, forKey: .precision)
    try values.encode(counts.recall, forKey: .recall)
    try values.encode(counts.f1, forKey: .f1)
    try values.encode(counts, forKey: .counts)
  }
}
