/// A run of tokens with inclusive ends, `start...end`.
public struct Span: Hashable, Sendable {
  public let start: Int
  public let end: Int

  /// - Precondition: `0 <= start <= end`.
  public init(_ start: Int, _ end: Int) {
    precondition(0 <= start && start <= end, "span \(start)...\(end)")
    self.start = start
    self.end = end
  }

  public var length: Int { end - start + 1 }
  public var range: ClosedRange<Int> { start...end }
}

/// The head or the tail of a gold triple.
public enum Argument: Hashable, Sendable {
  case span(Span)
  /// An entity whose string stands nowhere in the tokens: it is scored as gold, and never a target.
  case text(String)

  public var span: Span? {
    guard case .span(let span) = self else { return nil }
    return span
  }
}

/// A fact as annotated: (head, relation, tail).
public struct Triple: Hashable, Sendable {
  public var head: Argument
  public var relation: String
  public var tail: Argument

  public init(head: Argument, relation: String, tail: Argument) {
    self.head = head
    self.relation = relation
    self.tail = tail
  }
}

/// An annotated entity, with the type that the corpus gives, if it gives one.
public struct EntityMention: Hashable, Sendable {
  public var span: Span
  public var type: String?

  public init(span: Span, type: String? = nil) {
    self.span = span
    self.type = type
  }
}

/// One annotated sentence. Repeated triples are kept as the corpus stores them.
public struct Sentence: Hashable, Sendable {
  /// Tokens of the longest sentence that readers take: entities are looked for in all of them.
  static let longest = 10_000

  /// Unique in its split.
  public var id: String
  public var tokens: [String]
  public var entities: [EntityMention]
  public var triples: [Triple]

  public init(id: String, tokens: [String], entities: [EntityMention] = [], triples: [Triple] = [])
  {
    self.id = id
    self.tokens = tokens
    self.entities = entities
    self.triples = triples
  }

  /// The tokens of `span`, joined by one blank.
  public func text(of span: Span) -> String { tokens[span.range].joined(separator: " ") }

  /// The tokens of an argument, joined by one blank; an unlocated entity as it was written.
  public func text(of argument: Argument) -> String {
    switch argument {
    case .span(let span): text(of: span)
    case .text(let text): text
    }
  }
}
