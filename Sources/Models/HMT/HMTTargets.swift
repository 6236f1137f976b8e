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
    let entities = Self.entities(head: head, relation: relation, tail: tail)
    guard head.isDisjoint(with: tail), entities.allSatisfy(canWrite) else { return false }
    for entity in entities { tags.write(entity) }
    return true
  }

  /// Head and tail with their kinds.
  package static func entities(head: Span, relation: Int, tail: Span) -> [TaggedSpan] {
    [
      TaggedSpan(head, kind: kind(relation, .head)), TaggedSpan(tail, kind: kind(relation, .tail)),
    ]
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

  /// JE's gold tags, and the distinct triples that they do not spell because others take their tokens.
  package func jointTags(of input: WordInput) -> (tags: Tags, lost: Int) {
    var joint = JointTags(count: input.length, jointScheme)
    var entities: [[TaggedSpan]] = []
    for triple in input.sentence.distinctTriples {
      guard let head = triple.head.span, let tail = triple.tail.span,
        max(head.end, tail.end) < input.length,
        let relation = vocabularies.relations.id(of: triple.relation)
      else { continue }
      _ = joint.add(head: head, relation: relation, tail: tail)
      entities.append(JointTags.entities(head: head, relation: relation, tail: tail))
    }
    // Where one entity is the beginning of another, both can be written, and the longer one alone is read.
    let spelled = Set(joint.tags.entities)
    return (joint.tags, entities.count { !spelled.isSuperset(of: $0) })
  }

  package func conflicts(in input: WordInput) -> Int { jointTags(of: input).lost }

  package func remarks(on inputs: [WordInput], isTaught: Bool) -> [String] {
    guard isTaught, options.withEE, vocabularies[.entityTypes].count > 0 else { return [] }
    let untaught = inputs.count { entityTags(of: $0) == nil }
    return untaught == 0
      ? []
      : [
        "\(untaught) of \(inputs.count) sentences teach no types: an entity of theirs has none, or they list none"
      ]
  }

  /// EE's gold tags; `nil` where the training split has types and the sentence has not: EE learns nothing from it
  /// (HMT/README.md 5.4).
  package func entityTags(of input: WordInput) -> Tags? {
    let types = vocabularies[.entityTypes]
    let sentence = input.sentence
    let spans = sentence.spans(of: taggedEntities)
    var entities = spans.map { TaggedSpan($0) }
    if types.count > 0 {
      guard !sentence.lacksTypes, sentence.entities.allSatisfy({ $0.type != nil }) else {
        return nil
      }
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
