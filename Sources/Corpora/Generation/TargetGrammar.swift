/// The form of generated text, `head ; tail ; relation | head ; tail ; relation`, over tokens of any kind: pieces,
/// words, or characters (Models/Generative/README.md 7.1).
public struct TargetGrammar<Token: Hashable & Sendable>: Sendable {
  /// The token between the parts of a triple, `;`.
  public let field: Token
  /// The token between triples, `|`.
  public let triple: Token

  /// Names the separators.
  public init(field: Token, triple: Token) { (self.field, self.triple) = (field, triple) }

  /// Whether a triple comes back from its text: no part is empty or holds a separator.
  public func canHold(_ parts: TripleParts<[Token]>) -> Bool {
    [parts.head, parts.tail, parts.relation].allSatisfy { part in
      !part.isEmpty && !part.contains { $0 == field || $0 == triple }
    }
  }

  /// The text of triples, in their order; empty without triples.
  public func text(of triples: [TripleParts<[Token]>]) -> TargetTokens<Token> {
    var text = TargetTokens<Token>()
    for parts in triples {
      if !text.tokens.isEmpty { text.tokens.append(triple) }
      for entity in [parts.head, parts.tail] {
        text.entities.append(text.tokens.count..<text.tokens.count + entity.count)
        text.tokens += entity + [field]
      }
      text.tokens += parts.relation
    }
    return text
  }

  /// The places of the parts of what reads as triples: three parts, none of them empty. All else is passed over.
  public func parts(of tokens: [Token]) -> [TripleParts<Range<Int>>] {
    tokens.indices.split { tokens[$0] == triple }.compactMap { text in
      let parts = text.split(omittingEmptySubsequences: false) { tokens[$0] == field }
        .map { $0.startIndex..<$0.endIndex }
      guard parts.count == 3, !parts.contains(where: \.isEmpty) else { return nil }
      return TripleParts(head: parts[0], tail: parts[1], relation: parts[2])
    }
  }

  /// The triples of generated text without repeats, in its order.
  ///
  /// - Parameters:
  ///   - entity: the head or tail that tokens spell; `nil` for none.
  ///   - relation: the name of the relation that tokens spell; `nil` for none.
  public func triples(
    in tokens: [Token], entity: (ArraySlice<Token>) -> Argument?,
    relation: (ArraySlice<Token>) -> String?
  ) -> [Triple] {
    let all = parts(of: tokens).compactMap { parts -> Triple? in
      guard let head = entity(tokens[parts.head]), let tail = entity(tokens[parts.tail]),
        let relation = relation(tokens[parts.relation])
      else { return nil }
      return Triple(head: head, relation: relation, tail: tail)
    }
    return all.distinct(by: ExactTriple.init)
  }
}

/// The text of triples, with the places of their heads and tails.
public struct TargetTokens<Token: Hashable & Sendable>: Hashable, Sendable {
  /// The tokens, without a mark of the end.
  public internal(set) var tokens: [Token] = []
  /// The places of heads and tails, by turns.
  public internal(set) var entities: [Range<Int>] = []
}
