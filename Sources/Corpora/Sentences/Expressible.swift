/// The limits of a model's output for one sentence, whatever its parameters. The structural ceiling of scores
/// follows from them (Evaluation/README.md 9.8).
public struct Expressible: Sendable {
  /// A condition on two entities.
  public typealias Pair = @Sendable (Span, Span) -> Bool

  /// A triple of an output.
  public struct Fact {
    /// The entity of the first argument.
    public let head: Span
    /// The relation's name.
    public let relation: String
    /// The entity of the second argument.
    public let tail: Span

    /// Makes a triple of two places.
    public init(head: Span, relation: String, tail: Span) {
      (self.head, self.relation, self.tail) = (head, relation, tail)
    }
  }

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
  /// Whether two triples can be in one output; `nil` where any two can.
  public var together: (@Sendable (Fact, Fact) -> Bool)?
  /// The names that the model writes as text; `nil` where each entity is a place in the tokens. Names have no place, so
  /// that no condition but ``relation`` and ``triples`` is put on triples of them.
  public var names: WrittenNames?

  /// Makes limits; the defaults are none.
  ///
  /// - Parameter together: whether two triples can be in one output.
  public init(
    tokens: Int, triples: Int = .max,
    relation: @escaping @Sendable (String) -> Bool = { _ in true },
    entity: @escaping @Sendable (Span) -> Bool = { _ in true },
    pair: @escaping Pair = { _, _ in true },
    triplesTogether together: (@Sendable (Fact, Fact) -> Bool)?
  ) {
    (self.tokens, self.triples, self.relation) = (tokens, triples, relation)
    (self.entity, self.pair, self.together) = (entity, pair, together)
  }

  /// Makes limits of a model whose triples share entities as they like; the defaults are none.
  ///
  /// - Parameter together: whether two entities can be in one output, in the same triple or in two; `nil` where any two
  ///   can.
  public init(
    tokens: Int, triples: Int = .max,
    relation: @escaping @Sendable (String) -> Bool = { _ in true },
    entity: @escaping @Sendable (Span) -> Bool = { _ in true },
    pair: @escaping Pair = { _, _ in true }, together: Pair? = nil
  ) {
    self.init(
      tokens: tokens, triples: triples, relation: relation, entity: entity, pair: pair,
      triplesTogether: nil)
    if let together { require(together) }
  }

  /// Adds a condition on any two entities of an output, in the same triple or in two.
  public mutating func require(_ condition: @escaping Pair) {
    let (pair, together) = (pair, together)
    self.pair = { pair($0, $1) && condition($0, $1) }
    self.together = { a, b in
      together?(a, b) != false && condition(a.head, b.head) && condition(a.head, b.tail)
        && condition(a.tail, b.head) && condition(a.tail, b.tail)
    }
  }
}
