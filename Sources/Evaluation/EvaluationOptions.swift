/// What two triples must share to count as the same (models.md 9.1).
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

/// How the partial modes compare the one token of an entity.
public enum TokenIdentity: String, Hashable, Sendable, Codable, CaseIterable {
  /// By its place in the sentence.
  case position
  /// By how it is written.
  case string
}

/// What becomes of a predicted group with some slots empty (models.md D25).
public enum IncompleteGroups: String, Hashable, Sendable, Codable, CaseIterable {
  /// It is a wrong prediction.
  case wrong
  /// It is dropped.
  case dropped = "lenient-na"
}

/// The gold entities of the tagging task (models.md D28).
public enum TaggedEntities: String, Hashable, Sendable, Codable, CaseIterable {
  /// Those that are the head or tail of a triple.
  case ofTriples = "triples"
  /// Those that the corpus lists.
  case listed
}

/// How scores are split by entity length (models.md D51).
public enum LengthRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// Each triple by the token count of its larger entity.
  case triple
  /// Each sentence by the token counts of the entities of its gold triples.
  case sentence
}

/// The rules that a report is made by.
public struct EvaluationOptions: Hashable, Sendable, Codable {
  public var match = MatchMode.exact
  /// Read by the partial modes only.
  public var by = TokenIdentity.position
  public var incompleteGroups = IncompleteGroups.wrong
  public var taggedEntities = TaggedEntities.ofTriples
  public var lengthRule = LengthRule.triple

  /// The defaults: exact strings, incomplete groups wrong, lengths by triple.
  public init() {}

  /// The match mode as it stands next to a number: `exact`, `partial-last by string`.
  public var matchLabel: String {
    match.isPartial && by == .string ? "\(match.rawValue) by string" : match.rawValue
  }
}
