/// The places of each token in a sentence.
struct TokenPositions {
  private let tokens: [ExactString]
  private let places: [ExactString: [Int]]

  init(_ tokens: [String]) {
    self.tokens = tokens.map { ExactString($0) }
    places = Dictionary(grouping: tokens.indices) { ExactString(tokens[$0]) }
  }

  /// Whether the tokens of a span stand in the sentence once more.
  func isRepeated(_ span: Span) -> Bool {
    (places[tokens[span.start]] ?? []).contains { start in
      start != span.start && start + span.length <= tokens.count
        && tokens[start..<start + span.length].elementsEqual(tokens[span.range])
    }
  }
}

extension Span {
  /// Whether the spans share a token.
  func overlaps(_ other: Span) -> Bool { start <= other.end && other.start <= end }
}
