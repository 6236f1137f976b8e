/// A way in which triples of a sentence share entities (models.md 9.4).
public enum OverlapClass: String, CaseIterable, Sendable {
  /// No entity stands in two triples.
  case normal = "Normal"
  /// Two triples have the same ordered pair of head and tail.
  case epo = "EPO"
  /// Triples with different pairs share an entity, or a triple's head is its tail.
  case seo = "SEO"

  /// The handling of literally repeated triples.
  public enum Repeats: Sendable {
    /// A triple counts once.
    case removed
    /// As in the authors' programs, a repeated triple makes its sentence EPO (models.md D50).
    case kept
  }

  /// The classes of a sentence: both EPO and SEO may hold; none holds without triples.
  ///
  /// - Parameters:
  ///   - triples: as stored. Entities are compared by `==`; wrap strings as `ExactString` to compare code
  ///     units.
  ///   - repeats: whether repeated triples are dropped first.
  public static func classes<Entity: Hashable, Relation: Hashable>(
    of triples: [(head: Entity, relation: Relation, tail: Entity)], repeats: Repeats = .removed
  ) -> Set<OverlapClass> {
    let count =
      switch repeats {
      case .removed: Set(triples.map { Key($0.head, $0.relation, $0.tail) }).count
      case .kept: triples.count
      }
    if count == 0 { return [] }
    let entities = Set(triples.flatMap { [$0.head, $0.tail] }).count
    if entities == 2 * count { return [.normal] }
    let pairs = Set(triples.map { Key($0.head, true, $0.tail) }).count
    var classes: Set<OverlapClass> = []
    if pairs < count { classes.insert(.epo) }
    if entities != 2 * pairs { classes.insert(.seo) }
    return classes
  }

  private struct Key<Entity: Hashable, Relation: Hashable>: Hashable {
    let head: Entity
    let relation: Relation
    let tail: Entity

    init(_ head: Entity, _ relation: Relation, _ tail: Entity) {
      self.head = head
      self.relation = relation
      self.tail = tail
    }
  }
}
