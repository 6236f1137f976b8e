/// A run of tokens with inclusive ends, `start...end`.
public struct Span: Hashable, Sendable {
  /// The index of the first token, from 0.
  public let start: Int
  /// The index of the last token, inclusive.
  public let end: Int

  /// Makes the span `start...end`.
  ///
  /// - Precondition: `0 <= start <= end`.
  public init(_ start: Int, _ end: Int) {
    precondition(0 <= start && start <= end, "span \(start)...\(end)")
    self.start = start
    self.end = end
  }

  /// The number of tokens, 1 or more.
  public var length: Int { end - start + 1 }
  /// The token indices, for subscripts.
  public var range: ClosedRange<Int> { start...end }
}

/// The head or the tail of a triple.
public enum Argument: Hashable, Sendable {
  /// A located entity.
  case span(Span)
  /// An entity without a place in the tokens. Scores count it as gold; training skips it.
  case text(String)

  /// The place of a located entity; `nil` for text.
  public var span: Span? {
    guard case .span(let span) = self else { return nil }
    return span
  }
}

/// A fact as annotated: (head, relation, tail).
public struct Triple: Hashable, Sendable {
  /// The first argument of the relation.
  public var head: Argument
  /// The relation's name in the corpus.
  public var relation: String
  /// The second argument of the relation.
  public var tail: Argument

  /// Makes the fact that `relation` holds between `head` and `tail`.
  public init(head: Argument, relation: String, tail: Argument) {
    self.head = head
    self.relation = relation
    self.tail = tail
  }
}

extension Triple {
  /// Whether head and tail have the same text.
  public func isLoop(in sentence: Sentence) -> Bool {
    ExactString(sentence.text(of: head)) == ExactString(sentence.text(of: tail))
  }
}

/// An annotated or predicted entity.
public struct EntityMention: Hashable, Sendable {
  /// The entity's tokens.
  public var span: Span
  /// The type's name; `nil` in corpora or models without types.
  public var type: String?

  /// Makes an entity, without a type by default.
  public init(span: Span, type: String? = nil) {
    self.span = span
    self.type = type
  }
}

/// One annotated sentence.
public struct Sentence: Hashable, Sendable {
  /// The largest number of tokens that readers accept; it bounds the search for entities.
  static let longest = 10_000

  /// A name unique in the split.
  public var id: String
  /// The words of the sentence; spans index them.
  public var tokens: [String]
  /// The annotated entities; empty in corpora without entity annotations.
  public var entities: [EntityMention]
  /// The annotated facts as stored, repeats included.
  public var triples: [Triple]
  /// How the text became ``tokens``; `nil` where the corpus does not say.
  public var tokenization: Tokenization?
  /// The part of speech of each token, in the corpus's own tags; `nil` where the corpus does not say.
  public var partsOfSpeech: [String]?

  /// Makes a sentence, without annotations by default.
  public init(
    id: String, tokens: [String], entities: [EntityMention] = [], triples: [Triple] = [],
    tokenization: Tokenization? = nil, partsOfSpeech: [String]? = nil
  ) {
    self.id = id
    self.tokens = tokens
    self.entities = entities
    self.triples = triples
    self.tokenization = tokenization
    self.partsOfSpeech = partsOfSpeech
  }

  /// The tokens of `span`, joined by one blank.
  public func text(of span: Span) -> String { tokens[span.range].joined(separator: " ") }

  /// The tokens of an argument, joined by one blank; the text of an unlocated entity.
  public func text(of argument: Argument) -> String {
    switch argument {
    case .span(let span): text(of: span)
    case .text(let text): text
    }
  }
}
