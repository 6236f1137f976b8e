import Corpora

/// The parts that two triples must share to count as the same (Evaluation/README.md 9.1).
public enum MatchMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// Relation and both entities' tokens, joined by one blank.
  case exact
  /// Relation and both entities' spans.
  case exactPosition = "exact-pos"
  /// Relation and the last token of each entity.
  case partialLast = "partial-last"
  /// Relation and the first token of each entity.
  case partialFirst = "partial-first"

  /// True for the modes that compare one token of each entity.
  public var isPartial: Bool { self == .partialLast || self == .partialFirst }
}

/// The comparison of an entity's one token in the partial modes.
public enum TokenIdentity: String, Hashable, Sendable, Encodable, CaseIterable {
  /// By its place in the sentence.
  case position
  /// By its string.
  case string
}

/// The scoring of a predicted group with some slots empty (Models/README.md D25).
public enum IncompleteGroups: String, Hashable, Sendable, Encodable {
  /// It is a wrong prediction.
  case wrong
  /// It is dropped.
  case dropped = "lenient-na"
}

/// When a triple of a model that classifies pairs of tokens is exact (RIN/README.md 6.6, D38).
public enum RINExact: String, Hashable, Sendable, Encodable, CaseIterable {
  /// Relation and both spans are those of a gold triple, as for any other model.
  case spans
  /// The rule of the authors' program: relation and both anchors are those of a gold triple of two entities, and the
  /// predicted tags spell both entities.
  case authors
}

/// The unit that is sorted into buckets of entity length (Models/README.md D51).
public enum LengthRule: String, Hashable, Sendable, Encodable, CaseIterable {
  /// Each triple by the token count of its larger entity.
  case triple
  /// Each sentence by the token counts of the entities of its gold triples.
  case sentence
}

/// The rules of a report.
public struct EvaluationOptions: Hashable, Sendable, Encodable {
  /// The comparison of triples behind the headline scores and the breakdowns.
  public var match = MatchMode.exact
  /// The comparison of tokens; only the partial modes read it.
  public var by = TokenIdentity.position
  /// What `exact-pos` means.
  public var rinExact = RINExact.spans
  /// The token by which the model finds an entity; only the authors' rule reads it.
  public var anchor = Anchor.last
  /// Whether incomplete groups count as predictions.
  public var incompleteGroups = IncompleteGroups.wrong
  /// The gold entities of the tagging score: those that the model was taught.
  public var taggedEntities = TaggedEntities.triples
  /// The unit of the scores by entity length.
  public var lengthRule = LengthRule.triple

  /// The defaults: exact strings, incomplete groups wrong, lengths by triple.
  public init() {}

  private enum Key: String, CodingKey {
    case match, by, incompleteGroups, taggedEntities, lengthRule, rinExact, anchor
  }

  /// Writes the rules, and the authors' rule with the model's anchor where it holds.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(match, forKey: .match)
    try values.encode(by, forKey: .by)
    try values.encode(incompleteGroups, forKey: .incompleteGroups)
    try values.encode(taggedEntities, forKey: .taggedEntities)
    try values.encode(lengthRule, forKey: .lengthRule)
    if rinExact == .authors {
      try values.encode(rinExact, forKey: .rinExact)
      try values.encode(anchor, forKey: .anchor)
    }
  }

  /// The map from triples to keys.
  var matching: Matching {
    switch rinExact {
    case .spans: return Matching(mode: match, by: by, incompleteGroups: incompleteGroups)
    case .authors:
      precondition(match == .exactPosition, "the authors' rule is one of exact-pos")
      return Matching(
        mode: anchor == .last ? .partialLast : .partialFirst, incompleteGroups: incompleteGroups,
        needsSpelledEntities: true)
    }
  }

  /// The match mode as it stands next to a number: `exact`, `partial-last by string`, `exact-pos by authors`.
  public var matchLabel: String {
    if rinExact == .authors { return "\(match.rawValue) by authors" }
    return match.isPartial && by == .string ? "\(match.rawValue) by string" : match.rawValue
  }
}
