/// The sentence that each row of a matrix belongs to. A model makes it, every variable carries it, and operations
/// hand it on: rows may be tokens, sentences, steps of a decoder, pairs of tokens or anything else.
///
/// Sentences of several shards run through the network together; the map is what keeps the sums over rows, the
/// gradients of parameters, apart by shard.
public final class RowMap: Sendable {
  /// For each row the index of its sentence in the batch.
  public let sentences: [Int32]

  /// Makes a map from the sentence of each row.
  public init(_ sentences: [Int32]) { self.sentences = sentences }

  /// Makes the map of a matrix with a row for each of `count` sentences.
  public convenience init(sentences count: Int) { self.init((0..<Int32(count)).map { $0 }) }

  /// Makes the map of a matrix whose `count` rows are all of one sentence.
  public convenience init(sentence: Int, count: Int) {
    self.init([Int32](repeating: Int32(sentence), count: count))
  }

  /// The number of rows.
  public var count: Int { sentences.count }

  /// The sentence of a row.
  public func sentence(of row: Int) -> Int { Int(sentences[row]) }

  /// The map of rows that are taken from this map's, in their order.
  public func gathered(_ rows: some Sequence<Int>) -> RowMap { RowMap(rows.map { sentences[$0] }) }

  /// The map of matrices that are put below each other.
  public static func stacked(_ maps: [RowMap]) -> RowMap { RowMap(maps.flatMap(\.sentences)) }

  /// Whether both maps name the same sentences in the same order.
  public func matches(_ other: RowMap) -> Bool { self === other || sentences == other.sentences }
}
