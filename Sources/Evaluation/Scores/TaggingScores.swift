import Corpora

extension Comparison {
  /// Spans read from predicted tags against spans of gold tags, boundaries only
  /// (Evaluation/README.md 9.3, `ner`); `nil` when the model does not tag.
  func taggingScore() -> Score? {
    func gold(_ sentence: Sentence) -> Set<Span> { sentence.taggedSpans(options.taggedEntities) }
    return tagScore { sentence, tags in
      TripleCounts(predicted: Set(tags.spans), gold: gold(sentence))
    } ceiling: { sentence, tokens in
      let gold = gold(sentence)
      return TripleCounts(most: gold.count { $0.end < tokens }, of: gold.count)
    }
  }

  /// Predicted entities with their types against those of gold tags (Evaluation/README.md 9.3); `nil` when the model
  /// predicts no types, or the split has none. A sentence without types (`lacksTypes`) is left out.
  func typedTaggingScore() -> Score? {
    guard model.hasTypes, sentences.contains(where: { $0.entities.contains { $0.type != nil } })
    else { return nil }
    let gold = sentences.map { $0.typedEntities(options.taggedEntities) }
    let counts = sentences.indices.compactMap { index -> SentenceCounts? in
      guard let gold = gold[index] else { return nil }
      let predicted = (model.predictions[index].entities ?? []).map { TypedSpan($0) }
      return SentenceCounts(index, TripleCounts(predicted: Set(predicted), gold: Set(gold)))
    }
    let most = ceiling { index, ceiling in
      let gold = gold[index] ?? []
      let possible = gold.count { $0.type != nil && $0.span.end < ceiling.form.tokens }
      return TripleCounts(most: possible, of: gold.count)
    }
    return Score(sentences: gold.count { $0 != nil }, bySentence: counts, ceiling: most)
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
    guard let model = model.counts(counts) else { return nil }
    return Score(
      sentences: sentences.count, bySentence: model,
      ceiling: ceiling { most(sentences[$0], $1.form.tokens) })
  }
}

/// An entity with its type, compared by code units.
private struct TypedSpan: Hashable {
  let span: Span
  let type: ExactString?

  init(_ entity: EntityMention) {
    span = entity.span
    type = entity.type.map { ExactString($0) }
  }
}

extension Sentence {
  /// The entities that gold tags spell, with their types; `nil` where types are not known.
  fileprivate func typedEntities(_ tagged: TaggedEntities) -> [TypedSpan]? {
    guard !lacksTypes else { return nil }
    let types = Dictionary(
      entities.map { ($0.span, $0.type) }, uniquingKeysWith: { first, _ in first })
    return TaggedSpan.taggable(spans(of: tagged).map { TaggedSpan($0) }).map { entity in
      TypedSpan(EntityMention(span: entity.span, type: types[entity.span] ?? nil))
    }
  }
}

extension Output {
  /// Whether the predicted entities have types; where none is predicted, whether there are tags for several types.
  fileprivate var hasTypes: Bool {
    let entities = predictions.lazy.compactMap(\.entities).joined()
    return entities.contains { $0.type != nil }
      || entities.isEmpty && predictions.contains { $0.tags?.scheme.kinds ?? 1 > 1 }
  }

  /// `nil` when no sentence has tags; where only some have, the others' tokens are outside.
  fileprivate func counts(_ counts: (Sentence, Tags) -> TripleCounts) -> [SentenceCounts]? {
    guard predictions.contains(where: { $0.tags != nil }) else { return nil }
    return sentences.indices.map { index in
      let (sentence, prediction) = (sentences[index], predictions[index])
      let tags = prediction.tags ?? Tags(of: [Span](), count: sentence.tokens.count, .bio)
      precondition(
        tags.count == sentence.tokens.count,
        "sentence \(sentence.id): \(tags.count) tags for \(sentence.tokens.count) tokens")
      return SentenceCounts(index, counts(sentence, tags))
    }
  }
}
