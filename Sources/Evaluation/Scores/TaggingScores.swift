import Corpora

extension Comparison {
  /// Spans read from predicted tags against spans of gold tags, boundaries only
  /// (Evaluation/README.md 9.3, `ner`); `nil` when the model does not tag.
  func taggingScore() -> Score? {
    func gold(_ sentence: Sentence) -> Set<Span> {
      let entities = sentence.spans(of: options.taggedEntities).map { TaggedSpan($0) }
      return Set(TaggedSpan.taggable(entities).map(\.span))
    }
    return tagScore { sentence, tags in
      TripleCounts(predicted: Set(tags.spans), gold: gold(sentence))
    } ceiling: { sentence, tokens in
      let gold = gold(sentence)
      return TripleCounts(most: gold.count { $0.end < tokens }, of: gold.count)
    }
  }

  /// The entities of gold triples that the predicted tags complete from their last token
  /// (Evaluation/README.md 9.3, D49): each is predicted once, so precision is recall; `nil` when
  /// the model does not tag.
  func completionScore() -> Score? {
    func counts(_ sentence: Sentence, _ isComplete: (Span) -> Bool) -> TripleCounts {
      let spans = sentence.entitiesOfTriples
      return TripleCounts(
        tp: spans.count(where: isComplete), predicted: spans.count, gold: spans.count)
    }
    return tagScore { sentence, tags in
      counts(sentence) { tags.entity(endingAt: $0.end) == $0 }
    } ceiling: { sentence, tokens in
      // A token that the model does not read is outside, and an entity of its own.
      counts(sentence) { $0.end < tokens || $0.length == 1 }
    }
  }

  private func tagScore(
    _ counts: (Sentence, Tags) -> TripleCounts,
    ceiling most: (_ sentence: Sentence, _ tokens: Int) -> TripleCounts
  ) -> Score? {
    guard let model = model.sum(counts) else { return nil }
    return Score(
      sentences: sentences.count, counts: model,
      ceiling: ceiling { most(sentences[$0], $1.form.tokens) })
  }
}

extension Output {
  /// `nil` when no sentence has tags; where only some have, the others' tokens are outside.
  fileprivate func sum(_ counts: (Sentence, Tags) -> TripleCounts) -> TripleCounts? {
    guard predictions.contains(where: { $0.tags != nil }) else { return nil }
    return zip(sentences, predictions).reduce(into: TripleCounts()) { sum, pair in
      let (sentence, prediction) = pair
      let tags = prediction.tags ?? Tags(of: [Span](), count: sentence.tokens.count, .bio)
      precondition(
        tags.count == sentence.tokens.count,
        "sentence \(sentence.id): \(tags.count) tags for \(sentence.tokens.count) tokens")
      sum += counts(sentence, tags)
    }
  }
}
