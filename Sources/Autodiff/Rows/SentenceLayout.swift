/// The rows of a batch of sentences in one matrix, each sentence's rows end to end; no row is padding.
public struct SentenceLayout: Sendable {
  /// Rows of each sentence.
  public let lengths: [Int]
  /// The map of a matrix with these rows.
  public let map: RowMap
  /// The place of each row among those of its sentence.
  public let units: [Int]
  /// The sentences in the order of their rows.
  public let order: [Int]
  private let firsts: [Int]

  /// Lays out sentences of the given numbers of rows, by rising shard. Sentences of a shard keep their order, so that
  /// sums over a shard's rows need no other order.
  ///
  /// - Parameter shards: the shard of each sentence; in inference all have the same.
  public init(lengths: [Int], shards: [Int]) {
    precondition(lengths.count == shards.count, "\(shards.count) shards for \(lengths.count)")
    self.lengths = lengths
    let order = lengths.indices.sorted { (shards[$0], $0) < (shards[$1], $1) }
    var firsts = [Int](repeating: 0, count: lengths.count)
    var next = 0
    for sentence in order {
      firsts[sentence] = next
      next += lengths[sentence]
    }
    self.firsts = firsts
    map = RowMap(order.flatMap { [Int32](repeating: Int32($0), count: lengths[$0]) })
    units = order.flatMap { Array(0..<lengths[$0]) }
    self.order = order
  }

  /// Lays out the sentences of a pass over a tape's shards.
  public init(lengths: [Int], on tape: Tape) {
    self.init(lengths: lengths, shards: lengths.indices.map { tape.shard(ofSentence: $0) })
  }

  /// The number of sentences.
  public var sentences: Int { lengths.count }
  /// The number of rows.
  public var rows: Int { map.count }

  /// The rows of a sentence.
  public func rows(ofSentence sentence: Int) -> Range<Int> {
    firsts[sentence]..<firsts[sentence] + lengths[sentence]
  }

  /// A value for each row, in the order of the rows.
  public func packed<Value>(_ value: (_ sentence: Int, _ position: Int) -> Value) -> [Value] {
    order.flatMap { sentence in (0..<lengths[sentence]).map { value(sentence, $0) } }
  }
}
