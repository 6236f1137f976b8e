/// A text and its tokens, in which annotations by character find theirs.
struct AlignedText {
  let scalars: [Unicode.Scalar]
  /// Ascending, without overlap.
  let tokens: [Token]

  init(_ text: String, tokens: [Token]) {
    scalars = Array(text.unicodeScalars)
    self.tokens = tokens
  }

  /// A range, in scalars, without the white space at its ends; `nil` where no character of it is seen.
  func trimmed(_ range: Range<Int>) -> Range<Int>? {
    guard let first = range.first(where: { !isSpace($0) }),
      let last = range.last(where: { !isSpace($0) }),
      !text(of: first..<last + 1).isBlankToken
    else { return nil }
    return first..<last + 1
  }

  /// The tokens that fill a trimmed range; `nil` where it begins or ends inside one. A period at the end,
  /// which some annotators leave out, belongs to its word.
  func span(of range: Range<Int>) -> Span? {
    let first = index { tokens[$0].offset.upperBound > range.lowerBound }
    let next = index { tokens[$0].offset.lowerBound >= range.upperBound }
    guard first < next, tokens[first].offset.lowerBound == range.lowerBound else { return nil }
    let end = tokens[next - 1].offset.upperBound
    let isWhole =
      end >= range.upperBound && scalars[range.upperBound..<end].allSatisfy { $0 == "." }
    return isWhole ? Span(first, next - 1) : nil
  }

  /// The first occurrence of a string, by character, that tokens fill.
  func firstSpan(of text: String) -> Span? {
    let all = Array(text.unicodeScalars)
    let wanted = AlignedText(text, tokens: []).trimmed(0..<all.count).map { Array(all[$0]) } ?? []
    guard let first = wanted.first, wanted.count <= scalars.count else { return nil }
    for start in 0...(scalars.count - wanted.count) where scalars[start] == first {
      let range = start..<start + wanted.count
      if scalars[range].elementsEqual(wanted), let span = span(of: range) { return span }
    }
    return nil
  }

  /// The text of a range, with one blank for white space.
  func text(of range: Range<Int>) -> String {
    scalars[range].split(whereSeparator: \.properties.isWhitespace)
      .map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
  }

  /// Whether a range holds a text, white space aside.
  func holds(_ text: String, at range: Range<Int>) -> Bool {
    text.unicodeScalars.lazy.filter { !$0.properties.isWhitespace }
      .elementsEqual(scalars[range].lazy.filter { !$0.properties.isWhitespace })
  }

  private func isSpace(_ index: Int) -> Bool { scalars[index].properties.isWhitespace }

  /// The first token of which `isBehind` holds, or the number of tokens; it holds of all behind that one.
  private func index(where isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, tokens.count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
