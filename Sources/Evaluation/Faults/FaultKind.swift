/// The kind of a wrong or a missing triple; each has exactly one (Evaluation/README.md 9.9).
///
/// In the order in which they are tried.
public enum FaultKind: String, Hashable, Sendable, CaseIterable {
  /// A missing triple is predicted with head and tail exchanged.
  case swapped
  /// A missing triple's head and tail are predicted with another relation.
  case relation = "wrong relation"
  /// Head and tail share words with those of a missing triple of the same relation, but have other borders.
  case span = "wrong span"
  /// A missing triple's relation and head are predicted with another tail.
  case tail = "wrong tail"
  /// A missing triple's relation and tail are predicted with another head.
  case head = "wrong head"
  /// A predicted triple lacks its relation, its head or its tail.
  case incomplete
  /// A predicted triple is like no missing one.
  case spurious
  /// The model does not know a missing triple's relation.
  case unknownRelation = "relation unknown"
  /// The model has no output for a missing triple, whatever its parameters.
  case inexpressible = "not expressible"
  /// The sentence has more triples than the model's output.
  case beyondLimit = "beyond the limit"
  /// A missing triple is like no predicted one.
  case missed

  /// Whether such a fault is of a predicted triple and of a missing one together.
  var isPair: Bool { Self.pairs.contains(self) }
  static let pairs: [FaultKind] = [.swapped, .relation, .span, .tail, .head]
}
