extension Sentence {
  /// Splits `text` at blanks, tabs and line ends alone: some corpora have no-break spaces inside tokens.
  public static func tokens(of text: String) -> [String] {
    text.utf8.split(whereSeparator: isBlank).map { String(Substring($0)) }
  }

  /// The first occurrence of the tokens of `text` in `tokens`, compared by code units
  /// (Models/README.md D1);
  /// `nil` if there is none.
  public static func firstOccurrence(of text: String, in tokens: [String]) -> Span? {
    let wanted = Sentence.tokens(of: text)
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
