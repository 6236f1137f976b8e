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
  /// Whether incomplete groups count as predictions.
  public var incompleteGroups = IncompleteGroups.wrong
  /// The gold entities of the tagging score: those that the model was taught.
  public var taggedEntities = TaggedEntities.triples
  /// The unit of the scores by entity length.
  public var lengthRule = LengthRule.triple

  /// The defaults: exact strings, incomplete groups wrong, lengths by triple.
  public init() {}

  /// The map from triples to keys.
  var matching: Matching { Matching(mode: match, by: by, incompleteGroups: incompleteGroups) }

  /// The match mode as it stands next to a number: `exact`, `partial-last by string`.
  public var matchLabel: String {
    match.isPartial && by == .string ? "\(match.rawValue) by string" : match.rawValue
  }
}
