import Corpora

extension Comparison {
  /// Spans read from predicted tags against spans of gold tags, boundaries only
  /// (Evaluation/README.md 9.3, `ner`); `nil` when the model does not tag.
  func taggingScore() -> Score? {
    tagScore { sentence, tags in
      let gold = BIO.tags(
        of: sentence.spans(of: options.taggedEntities), count: sentence.tokens.count)
      return TripleCounts(predicted: Set(BIO.spans(in: tags)), gold: Set(BIO.spans(in: gold)))
    }
  }

  /// The entities of gold triples that the predicted tags complete from their last token
  /// (Evaluation/README.md 9.3, D49): each is predicted once, so precision is recall; `nil` when
  /// the model does not tag.
  func completionScore() -> Score? {
    tagScore { sentence, tags in
      let spans = sentence.entitiesOfTriples
      let complete = spans.count { BIO.entity(endingAt: $0.end, in: tags) == $0 }
      return TripleCounts(tp: complete, predicted: spans.count, gold: spans.count)
    }
  }

  private func tagScore(_ counts: (Sentence, [BIO]) -> TripleCounts) -> Score? {
    guard let model = model.sum(counts) else { return nil }
    return Score(
      sentences: sentences.count, counts: model, oracle: oracle.flatMap { $0.sum(counts) })
  }
}

extension Output {
  /// `nil` when no sentence has tags; where only some have, the others' tokens are outside.
  fileprivate func sum(_ counts: (Sentence, [BIO]) -> TripleCounts) -> TripleCounts? {
    guard predictions.contains(where: { $0.tags != nil }) else { return nil }
    return zip(sentences, predictions).reduce(into: TripleCounts()) { sum, pair in
      let (sentence, prediction) = pair
      let tags = prediction.tags ?? [BIO](repeating: .outside, count: sentence.tokens.count)
      precondition(
        tags.count == sentence.tokens.count,
        "sentence \(sentence.id): \(tags.count) tags for \(sentence.tokens.count) tokens")
      sum += counts(sentence, tags)
    }
  }
}
