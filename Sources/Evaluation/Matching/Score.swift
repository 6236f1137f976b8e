/// Counts over some sentences, and the structural ceiling beside them.
///
/// In JSON: `sentences`, `precision`, `recall`, `f1`, `interval`, `counts` and, where it is known, `ceiling` with
/// the same keys but `sentences` and `interval`.
public struct Score: Hashable, Sendable {
  /// The sentences that were scored.
  public var sentences: Int
  /// The counts of the model's predictions.
  public let counts: TripleCounts
  /// The counts of each sentence that has any, by rising index in the split.
  package let bySentence: [SentenceCounts]
  /// The interval of F1 over resamples of the sentences; `nil` until ``Bootstrap`` has resampled.
  public internal(set) var interval: Interval?
  /// The structural ceiling: counts that no output of the model's form can pass in precision, recall or F1.
  public var ceiling: TripleCounts?

  /// The sum of some sentences' counts.
  package init(
    sentences: Int, bySentence: [SentenceCounts], ceiling: TripleCounts? = nil
  ) {
    self.sentences = sentences
    self.bySentence = bySentence.filter { $0.counts != TripleCounts() }
    self.ceiling = ceiling
    counts = bySentence.reduce(into: TripleCounts()) { $0 += $1.counts }
  }

  /// The precision of the counts.
  public var precision: Double { counts.precision }
  /// The recall of the counts.
  public var recall: Double { counts.recall }
  /// The F1 of the counts.
  public var f1: Double { counts.f1 }
}

/// The counts of one sentence.
package struct SentenceCounts: Hashable, Sendable {
  /// The sentence's index in its split.
  package let sentence: Int
  /// Its share of a score.
  package let counts: TripleCounts

  /// Counts of the sentence at an index.
  package init(_ sentence: Int, _ counts: TripleCounts) {
    (self.sentence, self.counts) = (sentence, counts)
  }
}

extension Score: Encodable {
  private enum Key: String, CodingKey {
    case sentences, precision, recall, f1, interval, counts, ceiling
  }

  /// Writes the counts with their quotients.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(sentences, forKey: .sentences)
    try Self.encode(counts, to: &values)
    try values.encodeIfPresent(interval, forKey: .interval)
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
