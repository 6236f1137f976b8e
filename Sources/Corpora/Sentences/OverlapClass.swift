/// Classes of sentences by entities shared between triples (Evaluation/README.md 9.4).
public enum OverlapClass: String, CaseIterable, Sendable {
  /// No two triples share an entity.
  case normal = "Normal"
  /// Two triples have the same ordered pair of head and tail.
  case epo = "EPO"
  /// Triples with different pairs share an entity, or a triple's head is its tail.
  case seo = "SEO"

  /// The treatment of exact repeats of a triple.
  public enum Repeats: Sendable {
    /// Repeats are dropped before classification.
    case removed
    /// Repeats count, as in the authors' programs: a repeated triple makes its sentence EPO
    /// (Models/README.md D50).
    case kept
  }

  /// The classes of a sentence. EPO and SEO may occur together; a sentence without triples has no class.
  ///
  /// - Parameters:
  ///   - triples: the triples as stored; entities are compared with `==`, so pass ``ExactString`` for a
  ///     comparison by code units.
  ///   - repeats: the treatment of exact repeats.
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
