extension Prediction {
  /// The entities of the prediction, by place: those that the model gives with their types, or else the spans of
  /// its tags, and the heads and tails of its facts.
  public var mentions: [EntityMention] {
    let found = entities ?? tags.map { $0.spans.map { EntityMention(span: $0) } } ?? []
    let known = Set(found.map(\.span))
    let others = Set(triples.flatMap { [$0.head.span, $0.tail.span] }.compactMap { $0 })
      .subtracting(known)
    return (found + others.map { EntityMention(span: $0) }).sorted {
      ($0.span.start, $0.span.end, $0.type ?? "") < ($1.span.start, $1.span.end, $1.type ?? "")
    }
  }
}
