/// A word of a text, with its place.
public struct Token: Hashable, Sendable {
  /// The characters of the word.
  public let text: String
  /// The word's place in the text, in Unicode scalars from 0; the end is exclusive.
  public let offset: Range<Int>
}

/// How text becomes tokens (Corpora/README.md, Tokens).
public enum Tokenization: String, CaseIterable, Sendable, Codable {
  /// At ASCII blanks and line ends alone: the text is parted already.
  case blanks
  /// At white space, and around punctuation, as public English corpora are cut.
  case words
  /// Each character alone but for runs of letters and digits of scripts with case: Chinese, Japanese.
  case characters
}

extension Tokenization {
  /// The tokens of `text`. Of text that is not white space nothing is lost.
  ///
  /// - Parameter isKnown: whether a model knows a compound, such as `state-of-the-art`, which ``words``
  ///   then leaves whole; `nil` parts all.
  public func tokens(of text: String, keeping isKnown: ((String) -> Bool)? = nil) -> [Token] {
    switch self {
    case .blanks: return Self.parted(text)
    case .characters: return CharacterScanner.tokens(of: text)
    case .words:
      let tokens = WordScanner.tokens(of: text)
      return isKnown.map { Compounds.joined(tokens, where: $0) } ?? tokens
    }
  }

  /// The texts of the tokens.
  public func words(of text: String) -> [String] {
    self == .blanks ? Sentence.tokens(of: text) : tokens(of: text).map(\.text)
  }

  private static func parted(_ text: String) -> [Token] {
    let scalars = text.unicodeScalars
    var tokens: [Token] = []
    var (start, first, offset) = (scalars.startIndex, 0, 0)
    func add(_ end: String.Index) {
      guard first < offset else { return }
      tokens.append(Token(text: String(scalars[start..<end]), offset: first..<offset))
    }
    for index in scalars.indices {
      if scalars[index].isASCII && isBlank(UInt8(scalars[index].value)) {
        add(index)
        (start, first) = (scalars.index(after: index), offset + 1)
      }
      offset += 1
    }
    add(scalars.endIndex)
    return tokens
  }
}

extension Sentence {
  /// Splits `text` at blanks, tabs and line ends alone: some corpora have no-break spaces inside tokens.
  public static func tokens(of text: String) -> [String] {
    text.utf8.split(whereSeparator: isBlank).map { String(Substring($0)) }
  }

  /// The first occurrence of the tokens of `text`, parted at blanks, in `tokens`, compared by code units
  /// (Models/README.md D1); `nil` if there is none.
  public static func firstOccurrence(of text: String, in tokens: [String]) -> Span? {
    firstOccurrence(of: Sentence.tokens(of: text), in: tokens)
  }

  /// The first occurrence of a name (``firstOccurrence(of:in:cut:)``).
  func firstOccurrence(of name: String) -> Span? {
    Sentence.firstOccurrence(of: name, in: tokens, cut: tokenization)
  }

  /// The first occurrence of a name: parted at blanks, or as the text was cut; where that is not known, as it may
  /// have been.
  static func firstOccurrence(
    of name: String, in tokens: [String], cut tokenization: Tokenization?
  ) -> Span? {
    let ways = tokenization.map { [.blanks, $0] } ?? Tokenization.allCases
    return ways.lazy.compactMap {
      Sentence.firstOccurrence(of: $0.words(of: name), in: tokens)
    }.first
  }

  /// The first occurrence of `wanted` in `tokens`, compared by code units; `nil` if there is none.
  static func firstOccurrence(of wanted: [String], in tokens: [String]) -> Span? {
    guard !wanted.isEmpty && wanted.count <= tokens.count else { return nil }
    for start in 0...(tokens.count - wanted.count) {
      let found = wanted.indices.allSatisfy {
        tokens[start + $0].utf8.elementsEqual(wanted[$0].utf8)
      }
      if found { return Span(start, start + wanted.count - 1) }
    }
    return nil
  }
}

/// Whether `byte` is a blank, a tab or part of a line end.
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
