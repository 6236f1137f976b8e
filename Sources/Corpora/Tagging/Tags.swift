/// The tags of a sentence, one a token.
public struct Tags: Hashable, Sendable {
  /// What the numbers mean.
  public let scheme: TagScheme
  /// A tag of the scheme for each token.
  public private(set) var values: [Int]

  /// Makes tags of their numbers.
  ///
  /// - Precondition: each is a tag of the scheme.
  public init(_ values: [Int], _ scheme: TagScheme) {
    precondition(values.allSatisfy { 0..<scheme.count ~= $0 }, "tags \(values) of \(scheme)")
    self.scheme = scheme
    self.values = values
  }

  /// Tags `count` tokens, with the rules of ``TaggedSpan/taggable(_:)``.
  public init(of entities: [TaggedSpan], count: Int, _ scheme: TagScheme) {
    self.scheme = scheme
    values = [Int](repeating: TagScheme.outside, count: count)
    for entity in TaggedSpan.taggable(entities) { write(entity) }
  }

  /// Tags entities of the only kind.
  public init(of spans: [Span], count: Int, _ scheme: TagScheme) {
    self.init(of: spans.map { TaggedSpan($0) }, count: count, scheme)
  }

  /// The number of tokens.
  public var count: Int { values.count }

  /// Writes the tags of an entity.
  public mutating func write(_ entity: TaggedSpan) {
    values.replaceSubrange(entity.span.range, with: scheme.tags(of: entity))
  }

  /// Whether the tags of an entity's tokens are exactly its own.
  public func spell(_ entity: TaggedSpan) -> Bool {
    values[entity.span.range].elementsEqual(scheme.tags(of: entity))
  }

  /// The tags with O for tokens up to `count`.
  public func padded(to count: Int) -> Tags {
    let rest = [Int](repeating: TagScheme.outside, count: max(0, count - values.count))
    return Tags(values + rest, scheme)
  }
}

extension Tags {
  /// The entities, malformed ones included, by place. Each kind is read alone, with the tags of the others as O
  /// (Corpora/README.md 1.7, 1.13.2).
  ///
  /// In BIO an entity starts at B, or at an I whose left neighbour is O or the sentence's start, and goes on over the
  /// I that follow. In BIOES S is an entity; B opens, I continues, E closes. An entity that is left open by O, B, S or
  /// the end is discarded, and so are E and I without an open B.
  public var entities: [TaggedSpan] {
    var found: [TaggedSpan] = []
    var open: TaggedSpan?
    for (token, tag) in values.enumerated() {
      let parts = scheme.parts(of: tag)
      if let entity = open, parts?.kind != entity.kind || parts?.position != .inside {
        open = nil
        switch scheme.form {
        case .bio: found.append(entity)
        case .bioes:
          if parts?.kind == entity.kind && parts?.position == .end {
            found.append(TaggedSpan(Span(entity.span.start, token), kind: entity.kind))
            continue
          }
        }
      }
      guard let (position, kind) = parts else { continue }
      let own = TaggedSpan(Span(open?.span.start ?? token, token), kind: kind)
      switch (scheme.form, position) {
      case (_, .begin), (.bio, _): open = own
      case (.bioes, .inside): open = open.map { _ in own }
      case (.bioes, .single): found.append(own)
      case (.bioes, .end): break
      }
    }
    if scheme.form == .bio, let open { found.append(open) }
    return found
  }

  /// The spans of ``entities``.
  public var spans: [Span] { entities.map(\.span) }

  /// The entity of a pointer at its last token: the entity that ends there, and otherwise the token. Tags of BIO are
  /// read from the pointer to the left, to a B or to the first I of a run without B (Copy/README.md 3.3, D29).
  public func entity(endingAt position: Int) -> Span {
    switch scheme.form {
    case .bioes: spans.first { $0.end == position } ?? Span(position, position)
    case .bio: Span(start(ofRunTo: position), position)
    }
  }

  private func start(ofRunTo position: Int) -> Int {
    guard let (last, kind) = scheme.parts(of: values[position]), last == .inside else {
      return position
    }
    var start = position
    while start > 0, scheme.parts(of: values[start])?.position == .inside,
      scheme.parts(of: values[start - 1])?.kind == kind
    {
      start -= 1
    }
    return start
  }

  /// Whether some tags make both spans entities of pointers at their last tokens (``entity(endingAt:)``). Tags for
  /// many spans exist where they exist for each two of them.
  public static func canTag(_ a: Span, _ b: Span, in form: TagScheme.Form) -> Bool {
    if a.end < b.start || b.end < a.start || a == b { return true }
    switch form {
    case .bio: return a.start == b.start
    // The tags of one spell it; a token within is an entity of its own, unless it is the last.
    case .bioes: return a.end != b.end && (a.length == 1 || b.length == 1)
    }
  }
}
