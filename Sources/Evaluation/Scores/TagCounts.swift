import Corpora

extension TripleCounts {
  /// Counts the entities that predicted tags spell against those of gold tags, boundaries only
  /// (Evaluation/README.md 9.3, `ner`); `nil` where no prediction has tags.
  ///
  /// - Parameters:
  ///   - predictions: one for each sentence, in the same order.
  ///   - tagged: the gold entities.
  public init?(
    tagsOf sentences: [Sentence], predictions: [Prediction], tagged: TaggedEntities
  ) {
    guard predictions.contains(where: { $0.tags != nil }) else { return nil }
    self = zip(sentences, predictions).reduce(into: TripleCounts()) { sum, pair in
      sum += TripleCounts(
        predicted: Set(pair.1.tags?.spans ?? []), gold: pair.0.taggedSpans(tagged))
    }
  }
}

extension Sentence {
  /// The entities that gold tags spell.
  func taggedSpans(_ tagged: TaggedEntities) -> Set<Span> {
    Set(TaggedSpan.taggable(spans(of: tagged).map { TaggedSpan($0) }).map(\.span))
  }
}
