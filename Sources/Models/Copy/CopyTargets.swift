import Corpora

/// A target triple of the decoder: a relation's id and two located entities.
package struct CopyTarget: Hashable {
  package let relation: Int
  package let head: Span
  package let tail: Span

  package init(relation: Int, head: Span, tail: Span) {
    self.relation = relation
    self.head = head
    self.tail = tail
  }
}

extension CopyOptions {
  /// The distinct triples with two located entities and a known relation.
  static func teachable(_ input: WordInput, _ vocabularies: Vocabularies) -> [CopyTarget] {
    var seen: Set<CopyTarget> = []
    return input.sentence.triples.compactMap { triple in
      guard let head = triple.head.span, let tail = triple.tail.span,
        let relation = vocabularies.relations.id(of: triple.relation)
      else { return nil }
      let target = CopyTarget(relation: relation, head: head, tail: tail)
      return seen.insert(target).inserted ? target : nil
    }
  }

  /// The target triples of a sentence in the configured order, at most `triples`
  /// (Copy/README.md 2.3, D23).
  package func targets(of input: WordInput, _ vocabularies: Vocabularies, streams: RandomStreams)
    -> [CopyTarget]
  {
    let ordered = targetOrder.arranged(
      Self.teachable(input, vocabularies), example: input.index, streams: streams
    ) {
      ($0.relation, $0.head.end, $0.tail.end) < ($1.relation, $1.head.end, $1.tail.end)
    }
    return Array(ordered.prefix(triples))
  }

  /// The gold tags of a sentence, for the entities of its triples or for all annotated entities (D28).
  package func tags(of input: WordInput) -> Tags {
    Tags(
      of: input.sentence.spans(of: taggedEntities).filter { $0.end < input.length },
      count: input.length, .bio)
  }
}
