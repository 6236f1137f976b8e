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

/// What a model says of one sentence.
public struct Prediction: Hashable, Sendable {
  /// A decoded group of slots. A slot that the decoder left empty (NA) is `nil`; a group with any
  /// empty slot counts as a wrong prediction and is not an extracted fact (models.md D25).
  public struct Group: Hashable, Sendable {
    public var head: Span?
    public var relation: String?
    public var tail: Span?

    public init(head: Span?, relation: String?, tail: Span?) {
      self.head = head
      self.relation = relation
      self.tail = tail
    }

    public var isComplete: Bool { head != nil && relation != nil && tail != nil }
  }

  /// In decoding order, without repeats and without groups that are wholly empty.
  public var groups: [Group]
  /// One tag per token, where the model has a tagging task.
  public var tags: [BIO]?

  public init(groups: [Group], tags: [BIO]? = nil) {
    self.groups = groups
    self.tags = tags
  }

  /// The facts: groups without an empty slot.
  public var triples: [Triple] {
    groups.compactMap { group in
      guard let head = group.head, let relation = group.relation, let tail = group.tail else {
        return nil
      }
      return Triple(head: .span(head), relation: relation, tail: .span(tail))
    }
  }
}
