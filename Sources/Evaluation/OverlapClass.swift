/// How the triples of a sentence share entities (models.md 9.4).
public enum OverlapClass: String, Hashable, Sendable, CaseIterable {
  /// No two triples share an entity.
  case normal
  /// Two triples have the same head and the same tail.
  case epo
  /// Two triples share an entity without being the same ordered pair.
  case seo

  /// The classes of one sentence: normal alone, or one or both of the others; none without triples.
  /// Repeated triples count once.
  public static func classes<Entity: Hashable>(
    of triples: [(head: Entity, relation: String, tail: Entity)]
  ) -> Set<OverlapClass> {
    let distinct = Set(triples.map { Fact($0.head, CodeUnits($0.relation), $0.tail) })
    if distinct.isEmpty { return [] }
    let pairs = Set(distinct.map(\.pair))
    let entities = Set(pairs.flatMap(\.self))
    if entities.count == 2 * distinct.count { return [.normal] }
    var classes: Set<OverlapClass> = []
    if pairs.count < distinct.count { classes.insert(.epo) }
    if entities.count != 2 * pairs.count { classes.insert(.seo) }
    return classes
  }

  private struct Fact<Entity: Hashable>: Hashable {
    let pair: [Entity]
    let relation: CodeUnits

    init(_ head: Entity, _ relation: CodeUnits, _ tail: Entity) {
      pair = [head, tail]
      self.relation = relation
    }
  }
}
