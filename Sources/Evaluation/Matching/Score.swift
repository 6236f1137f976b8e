/// Counts over some sentences, and the structural ceiling beside them.
///
/// In JSON: `sentences`, `precision`, `recall`, `f1`, `counts` and, where it is known, `ceiling` with the same
/// keys but `sentences`.
public struct Score: Hashable, Sendable {
  /// The sentences that were scored.
  public var sentences: Int
  /// The counts of the model's predictions.
  public var counts: TripleCounts
  /// The structural ceiling: counts that no output of the model's form can pass in precision, recall or F1.
  public var ceiling: TripleCounts?

  /// A score over so many sentences.
  public init(sentences: Int, counts: TripleCounts, ceiling: TripleCounts? = nil) {
    self.sentences = sentences
    self.counts = counts
    self.ceiling = ceiling
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
    case sentences, precision, recall, f1, counts, ceiling
  }

  /// Writes the counts with their quotients.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(sentences, forKey: .sentences)
    try Self.encode(counts, to: &values)
    if let ceiling {
      var inner = values.nestedContainer(keyedBy: Key.self, forKey: .ceiling)
      try Self.encode(ceiling, to: &inner)
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
