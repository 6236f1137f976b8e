/// Counts over some sentences and, beside them, what the model could reach at best.
///
/// In JSON: `sentences`, `precision`, `recall`, `f1`, `counts` and, where it is known, `ceiling`
/// with the same keys but `sentences`.
public struct Score: Hashable, Sendable {
  /// The sentences that were scored.
  public var sentences: Int
  public var counts: TripleCounts
  /// The counts of what the model would say with gold pointers and gold tags: a score above this is
  /// measured wrongly.
  public var ceiling: TripleCounts?

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

extension Score: Codable {
  private enum Key: String, CodingKey {
    case sentences, precision, recall, f1, counts, ceiling
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    sentences = try values.decode(Int.self, forKey: .sentences)
    counts = try values.decode(TripleCounts.self, forKey: .counts)
    if values.contains(.ceiling) {
      let inner = try values.nestedContainer(keyedBy: Key.self, forKey: .ceiling)
      ceiling = try inner.decode(TripleCounts.self, forKey: .counts)
    }
  }

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
