/// The entities of a sentence that a tagger is taught and scored on (Models/README.md D28).
public enum TaggedEntities: String, Codable, Hashable, Sendable, CaseIterable {
  /// Heads and tails of the sentence's triples.
  case triples
  /// All entities that the corpus lists, in triples or not; of a sentence that lists none, those of its triples.
  case all
}

extension Sentence {
  /// The distinct spans that are head or tail of a triple, in the order of the triples.
  public var entitiesOfTriples: [Span] {
    triples.flatMap { [$0.head.span, $0.tail.span] }.compactMap { $0 }.distinct(by: \.self)
  }

  /// The distinct spans of `entities`; they may nest or cross.
  public func spans(of entities: TaggedEntities) -> [Span] {
    switch entities {
    case .triples: entitiesOfTriples
    case .all:
      self.entities.isEmpty ? entitiesOfTriples : self.entities.map(\.span).distinct(by: \.self)
    }
  }

  /// Whether nothing is known of the types of the sentence's entities: none that it lists has one, or it has triples
  /// and lists none.
  public var lacksTypes: Bool {
    entities.isEmpty ? !triples.isEmpty : entities.allSatisfy { $0.type == nil }
  }
}
