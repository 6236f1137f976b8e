/// The sentence of each row of a matrix. A model makes the map, every variable carries one, and
/// operations derive those of their results. Rows may be tokens, sentences, decoder steps, pairs of
/// tokens or anything else.
///
/// Several shards run through the network together; the map separates the parameter gradients, sums
/// over rows, by shard.
public final class RowMap: Sendable {
  /// The index in the batch of each row's sentence.
  public let sentences: [Int32]

  /// Makes a map from the index of each row's sentence.
  public init(_ sentences: [Int32]) { self.sentences = sentences }

  /// Makes the map of `count` rows, one for each sentence.
  public convenience init(sentences count: Int) { self.init((0..<Int32(count)).map { $0 }) }

  /// Makes the map of `count` rows of one sentence.
  public convenience init(sentence: Int, count: Int) {
    self.init([Int32](repeating: Int32(sentence), count: count))
  }

  /// The number of rows.
  public var count: Int { sentences.count }

  /// The sentence of a row.
  public func sentence(of row: Int) -> Int { Int(sentences[row]) }

  /// The map of a matrix gathered from these rows, in the given order.
  public func gathered(_ rows: some Sequence<Int>) -> RowMap { RowMap(rows.map { sentences[$0] }) }

  /// The map of matrices stacked one below the other.
  public static func stacked(_ maps: [RowMap]) -> RowMap { RowMap(maps.flatMap(\.sentences)) }

  /// Whether both maps name the same sentences in the same order.
  public func matches(_ other: RowMap) -> Bool { self === other || sentences == other.sentences }
}
