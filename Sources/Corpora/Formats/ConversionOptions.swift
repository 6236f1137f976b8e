/// What a conversion leaves out.
public struct ConversionOptions: Sendable {
  /// Whether bad records are left out and counted; otherwise they are errors.
  public var skipsBad = false
  /// Names that are relations, whatever they mean elsewhere: `NA`.
  public var kept: [String] = []
  /// Relations whose triples are left out.
  public var dropped: [String] = []
  /// How text becomes tokens; `nil` for ``Tokenization/blanks``, without a word about it in the output.
  public var tokenization: Tokenization?

  /// Leaves out pairs without a relation, and nothing else.
  public init() {}

  /// The reason to leave out triples of a relation, if there is one.
  func reason(toDrop relation: String) -> Unused? {
    if contains(relation, in: dropped) { return .dropped }
    return RelationName.meansNone(relation) && !keeps(relation) ? .noRelation : nil
  }

  /// Whether the user says that the name is that of a relation.
  func keeps(_ relation: String) -> Bool { contains(relation, in: kept) }

  private func contains(_ name: String, in names: [String]) -> Bool {
    names.contains { ExactString($0) == ExactString(name) }
  }
}
