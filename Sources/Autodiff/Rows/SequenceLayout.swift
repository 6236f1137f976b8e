/// The rows of a batch of sentences of unequal length in one matrix: all first tokens, then all second
/// tokens, and so on. Sentences are sorted by length, longest first; row k of a time step belongs to
/// sentence k, and no row is padding (Models/README.md D8).
public struct SequenceLayout: Sendable {
  /// Tokens of each sentence, longest first.
  public let lengths: [Int]
  /// The number of sentences with a token at each time step.
  public let active: [Int]
  /// The first row of each time step, then the number of rows.
  private let offsets: [Int]
  /// The map of a matrix with one row for each token.
  public let tokenRows: RowMap
  /// The map of a matrix with one row for each sentence.
  public let sentenceRows: RowMap

  /// Lays out sentences of the given numbers of tokens.
  ///
  /// - Precondition: lengths are positive and sorted, longest first.
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

  /// The number of sentences.
  public var sentences: Int { lengths.count }
  /// The number of time steps: the length of the longest sentence.
  public var steps: Int { active.count }
  /// The number of tokens, one for each row of the matrix.
  public var rows: Int { offsets[steps] }

  /// The number of sentences with a token after a time step.
  public func active(after step: Int) -> Int { step + 1 < steps ? active[step + 1] : 0 }

  /// The rows of a time step.
  public func rows(at step: Int) -> Range<Int> { offsets[step]..<offsets[step + 1] }

  /// The row of a sentence's token.
  ///
  /// - Precondition: `position` is below the sentence's length.
  public func row(sentence: Int, position: Int) -> Int {
    precondition(position < lengths[sentence], "token \(position) of \(lengths[sentence])")
    return offsets[position] + sentence
  }

  /// A value for each token, in the order of the rows.
  public func packed<Value>(_ value: (_ sentence: Int, _ position: Int) -> Value) -> [Value] {
    (0..<steps).flatMap { step in (0..<active[step]).map { value($0, step) } }
  }

  /// The rows of a sentence's tokens, in order.
  public func rows(ofSentence sentence: Int) -> [Int] {
    (0..<lengths[sentence]).map { offsets[$0] + sentence }
  }
}
