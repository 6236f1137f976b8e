/// The limits of a model's output for one sentence, whatever its parameters. The structural ceiling of scores
/// follows from them (Evaluation/README.md 9.8).
public struct Expressible: Sendable {
  /// A condition on two entities.
  public typealias Pair = @Sendable (Span, Span) -> Bool

  /// The number of the sentence's tokens that the model reads; entities and tags lie in these.
  public var tokens: Int
  /// The largest number of triples.
  public var triples: Int
  /// Whether the model has this relation.
  public var relation: @Sendable (String) -> Bool
  /// Whether an entity can be this span.
  public var entity: @Sendable (Span) -> Bool
  /// Whether a triple can have this head and this tail.
  public var pair: Pair
  /// Whether two entities can be in one output, in the same triple or in two; `nil` where any two can.
  public var together: Pair?

  /// Makes limits; the defaults are none.
  public init(
    tokens: Int, triples: Int = .max,
    relation: @escaping @Sendable (String) -> Bool = { _ in true },
    entity: @escaping @Sendable (Span) -> Bool = { _ in true },
    pair: @escaping Pair = { _, _ in true }, together: Pair? = nil
  ) {
    (self.tokens, self.triples, self.relation) = (tokens, triples, relation)
    (self.entity, self.pair, self.together) = (entity, pair, together)
  }
}
