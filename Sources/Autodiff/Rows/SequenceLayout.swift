/// How sentences of unequal length lie in one matrix, a row a token: all first tokens, then all second
/// ones, and so on. With the longest sentence first, the rows of a time step are those of the first
/// sentences, end to end, and no row is padding (models.md D8).
public struct SequenceLayout: Sendable {
  /// Tokens of each sentence, longest first.
  public let lengths: [Int]
  /// Sentences that have a token at each time step.
  public let active: [Int]
  /// The first row of each time step, and the number of rows at the end.
  private let offsets: [Int]
  /// The sentence of each token, row by row.
  public let tokenRows: RowMap
  /// The map of a matrix with a row for each sentence.
  public let sentenceRows: RowMap

  /// - Precondition: lengths are positive and do not rise.
  public init(lengths: [Int]) {
    precondition(zip(lengths, lengths.dropFirst()).allSatisfy { $0 >= $1 }, "lengths rise")
    precondition((lengths.last ?? 1) > 0, "a sentence without tokens")
    self.lengths = lengths
    var active: [Int] = []
    var alive = lengths.count
    for step in 0..<(lengths.first ?? 0) {
      while lengths[alive - 1] <= step { alive -= 1 }
      active.append(alive)
    }
    self.active = active
    offsets = active.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    tokenRows = RowMap(active.flatMap { 0..<Int32($0) })
    sentenceRows = RowMap(sentences: lengths.count)
  }

  public var sentences: Int { lengths.count }
  public var steps: Int { active.count }
  /// Tokens altogether, the rows of the matrix.
  public var rows: Int { offsets[steps] }

  /// Sentences that have a token after a time step.
  public func active(after step: Int) -> Int { step + 1 < steps ? active[step + 1] : 0 }

  /// The rows of a time step.
  public func rows(at step: Int) -> Range<Int> { offsets[step]..<offsets[step + 1] }

  /// The row of a sentence's token.
  ///
  /// - Precondition: the sentence has that token.
  public func row(sentence: Int, position: Int) -> Int {
    precondition(position < lengths[sentence], "token \(position) of \(lengths[sentence])")
    return offsets[position] + sentence
  }

  /// The rows of a sentence's tokens, in order.
  public func rows(ofSentence sentence: Int) -> [Int] {
    (0..<lengths[sentence]).map { offsets[$0] + sentence }
  }
}
