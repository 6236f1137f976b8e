/// Joins what a model knows whole: public corpora leave `state-of-the-art` and `Amazon.com` one token, tercet's own
/// cut parts them, and a model reads what it was taught.
enum Compounds {
  /// The most tokens of a compound.
  private static let longest = 16

  static func joined(_ tokens: [Token], where isKnown: (String) -> Bool) -> [Token] {
    var joined: [Token] = []
    var start = 0
    while start < tokens.count {
      let end = end(tokens, from: start, where: isKnown)
      let text = tokens[start..<end].map(\.text).joined()
      let last = tokens[end - 1].offset.upperBound
      joined.append(Token(text: text, offset: tokens[start].offset.lowerBound..<last))
      start = end
    }
    return joined
  }

  /// The end of the longest compound from `start` on that is known and begins and ends with a word.
  private static func end(
    _ tokens: [Token], from start: Int, where isKnown: (String) -> Bool
  ) -> Int {
    guard isWord(tokens[start]) else { return start + 1 }
    var end = start + 1
    while end < min(tokens.count, start + longest),
      tokens[end].offset.lowerBound == tokens[end - 1].offset.upperBound
    {
      end += 1
    }
    while end > start + 2 {
      if isWord(tokens[end - 1]), isKnown(tokens[start..<end].map(\.text).joined()) { return end }
      end -= 1
    }
    return start + 1
  }

  private static func isWord(_ token: Token) -> Bool {
    token.text.unicodeScalars.contains {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
  }
}
