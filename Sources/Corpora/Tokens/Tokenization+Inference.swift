extension Tokenization {
  /// How a corpus was cut: as its sentences say, or where they do not, as their tokens look.
  ///
  /// Single Chinese or Japanese characters are ``characters``; punctuation that stands apart nearly always is
  /// ``words``; else, and without punctuation, ``blanks``.
  public init(of sentences: [Sentence]) {
    let said = sentences.compactMap(\.tokenization)
    let counts = Dictionary(said.map { ($0, 1) }, uniquingKeysWith: +)
    let most = Self.allCases.max { counts[$0, default: 0] < counts[$1, default: 0] }
    if let most, counts[most] != nil {
      self = most
    } else {
      self = TokenLooks(sentences).tokenization
    }
  }
}

/// Counts of what tells how a corpus was cut.
private struct TokenLooks {
  var words = 0
  /// Tokens that begin with a character of a script without blanks; those of that character alone.
  var (unparted, single) = (0, 0)
  /// Signs alone; signs on a word.
  var (apart, attached) = (0, 0)

  init(_ sentences: [Sentence]) {
    for sentence in sentences {
      for token in sentence.tokens { add(token) }
      if sentence.tokens.count > 1, let last = sentence.tokens.last { add(last: last) }
    }
  }

  var tokenization: Tokenization {
    if 2 * unparted > words && 10 * single >= 9 * unparted { return .characters }
    return apart > 0 && 10 * apart >= 9 * (apart + attached) ? .words : .blanks
  }

  private mutating func add(_ token: String) {
    guard let first = token.first, let last = token.last else { return }
    let isSingle = token.index(after: token.startIndex) == token.endIndex
    if first.isLetter { words += 1 }
    if first.isLetter, let scalar = first.unicodeScalars.first, !scalar.properties.isCased,
      scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value)
    {
      unparted += 1
      if isSingle { single += 1 }
    }
    if Self.signs.contains(first) || Self.signs.contains(last) {
      if isSingle { apart += 1 } else { attached += 1 }
    }
  }

  /// A period tells at the sentence's end alone: elsewhere it may belong to an abbreviation.
  private mutating func add(last token: String) {
    guard token.last == "." else { return }
    if token == "." { apart += 1 } else { attached += 1 }
  }

  private static let signs: Set<Character> = [",", ";", "?", "!", "(", ")", "“", "”"]
}
