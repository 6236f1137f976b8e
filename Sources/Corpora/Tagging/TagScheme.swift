/// A way to spell entities as one tag a token: positions times kinds, and O. A kind is a type, a relation with a role,
/// or the only one (Corpora/README.md 1.7, 1.13.1).
public struct TagScheme: Hashable, Sendable {
  /// The positions of tokens in an entity that tags tell apart.
  public enum Form: Int, Hashable, Sendable {
    /// B and I.
    case bio = 2
    /// B, I, E and S.
    case bioes = 4

    /// The number of positions.
    public var positions: Int { rawValue }
  }

  /// The place of a token in its entity, in the order of tag numbers.
  public enum Position: Int, Hashable, Sendable {
    /// B: the first token; in BIOES of several.
    case begin = 0
    /// I: a later token; in BIOES not the last.
    case inside = 1
    /// E: the last token of several.
    case end = 2
    /// S: the only token.
    case single = 3
  }

  /// The positions.
  public let form: Form
  /// The number of kinds, 1 or more.
  public let kinds: Int

  /// A scheme of one kind, or of several.
  public init(_ form: Form, kinds: Int = 1) {
    precondition(kinds > 0, "a scheme of \(kinds) kinds")
    self.form = form
    self.kinds = kinds
  }

  /// O, B, I.
  public static let bio = TagScheme(.bio)
  /// O, B, I, E, S.
  public static let bioes = TagScheme(.bioes)
  /// The tag O of every scheme: the token is in no entity.
  public static let outside = 0

  /// The number of tags, O included.
  public var count: Int { 1 + kinds * form.positions }

  /// The number of a tag: `1 + positions · kind + position`.
  public func tag(_ position: Position, kind: Int = 0) -> Int {
    precondition(position.rawValue < form.positions && 0..<kinds ~= kind, "\(position) \(kind)")
    return 1 + form.positions * kind + position.rawValue
  }

  /// The position and the kind of a tag; `nil` for O.
  func parts(of tag: Int) -> (position: Position, kind: Int)? {
    guard tag != Self.outside else { return nil }
    let (kind, position) = (tag - 1).quotientAndRemainder(dividingBy: form.positions)
    return Position(rawValue: position).map { ($0, kind) }
  }

  /// The tags of one entity's tokens.
  public func tags(of entity: TaggedSpan) -> [Int] {
    let last = entity.span.length - 1
    return (0...last).map { token in
      let position: Position =
        switch form {
        case .bio: token == 0 ? .begin : .inside
        case .bioes:
          last == 0 ? .single : token == 0 ? .begin : token == last ? .end : .inside
        }
      return tag(position, kind: entity.kind)
    }
  }
}

/// An entity with its kind in a ``TagScheme``.
public struct TaggedSpan: Hashable, Sendable {
  /// The entity's tokens.
  public let span: Span
  /// The kind, from 0.
  public let kind: Int

  /// Makes an entity, of the only kind by default.
  public init(_ span: Span, kind: Int = 0) {
    self.span = span
    self.kind = kind
  }

  /// The entities that tags can spell: longest first, ties leftmost first and then in the given order; one that
  /// touches another before it is skipped (Models/README.md D9). They are in this order.
  public static func taggable(_ entities: [TaggedSpan]) -> [TaggedSpan] {
    var taken: Set<Int> = []
    let ordered = entities.enumerated().sorted { a, b in
      let (x, y) = (a.element.span, b.element.span)
      return (-x.length, x.start, a.offset) < (-y.length, y.start, b.offset)
    }
    return ordered.map(\.element).filter { entity in
      guard taken.isDisjoint(with: entity.span.range) else { return false }
      taken.formUnion(entity.span.range)
      return true
    }
  }
}
