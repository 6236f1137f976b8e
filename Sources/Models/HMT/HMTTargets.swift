import Corpora

/// Tags of relations and roles, built triple by triple: the first triple wins a token
/// (HMT/README.md 5.3, D34).
package struct JointTags {
  /// An entity's place in a triple.
  package enum Role: Int, CaseIterable {
    /// E1.
    case head
    /// E2.
    case tail
  }

  /// The kind of an entity: `2 · relation + role`.
  package static func kind(_ relation: Int, _ role: Role) -> Int {
    Role.allCases.count * relation + role.rawValue
  }

  package private(set) var tags: Tags

  /// Tags of `count` tokens without triples.
  package init(count: Int, _ scheme: TagScheme) {
    tags = Tags(of: [TaggedSpan](), count: count, scheme)
  }

  /// Writes a triple where each token of it is O or has the very tag that the triple needs, and head and tail have no
  /// token in common.
  ///
  /// - Returns: whether the triple was written.
  package mutating func add(head: Span, relation: Int, tail: Span) -> Bool {
    let entities = [
      TaggedSpan(head, kind: Self.kind(relation, .head)),
      TaggedSpan(tail, kind: Self.kind(relation, .tail)),
    ]
    guard head.isDisjoint(with: tail), entities.allSatisfy(canWrite) else { return false }
    for entity in entities { tags.write(entity) }
    return true
  }

  private func canWrite(_ entity: TaggedSpan) -> Bool {
    zip(tags.values[entity.span.range], tags.scheme.tags(of: entity)).allSatisfy {
      $0 == TagScheme.outside || $0 == $1
    }
  }
}

extension HMT {
  /// The entities of EE's gold tags (D35).
  package var taggedEntities: TaggedEntities {
    switch options.taggedEntities {
    case .auto: vocabularies[.entityTypes].count == 0 ? .triples : .all
    case .triples: .triples
    case .all: .all
    }
  }

  /// JE's gold tags, and the distinct triples that they leave out because earlier ones take their tokens.
  package func jointTags(of input: WordInput) -> (tags: Tags, lost: Int) {
    var joint = JointTags(count: input.length, jointScheme)
    var lost = 0
    for triple in input.sentence.distinctTriples {
      guard let head = triple.head.span, let tail = triple.tail.span,
        max(head.end, tail.end) < input.length,
        let relation = vocabularies.relations.id(of: triple.relation)
      else { continue }
      if !joint.add(head: head, relation: relation, tail: tail) { lost += 1 }
    }
    return (joint.tags, lost)
  }

  package func conflicts(in input: WordInput) -> Int { jointTags(of: input).lost }

  /// EE's gold tags; `nil` where the training split has types and the sentence has not: EE learns nothing from it
  /// (HMT/README.md 5.4).
  package func entityTags(of input: WordInput) -> Tags? {
    let types = vocabularies[.entityTypes]
    let sentence = input.sentence
    let spans = sentence.spans(of: taggedEntities)
    var entities = spans.map { TaggedSpan($0) }
    if types.count > 0 {
      guard sentence.hasTypes else { return nil }
      let chosen = Set(spans)
      entities = sentence.entities.compactMap { mention in
        guard chosen.contains(mention.span), let type = mention.type.flatMap(types.id) else {
          return nil
        }
        return TaggedSpan(mention.span, kind: type)
      }
    }
    return Tags(
      of: entities.filter { $0.span.end < input.length }, count: input.length, entityScheme)
  }
}

extension Sentence {
  /// Whether each entity has a type. Triples without listed entities come from a corpus without types.
  fileprivate var hasTypes: Bool {
    entities.allSatisfy { $0.type != nil } && !(entities.isEmpty && !triples.isEmpty)
  }
}
