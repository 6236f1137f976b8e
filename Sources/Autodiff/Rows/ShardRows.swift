import Tensors

/// Which rows of a batch's matrices belong to which of its shards.
///
/// Shards are run through the network together, so that products have many rows; every row comes out
/// as if its shard had been alone. Only sums over rows, the gradients of parameters, keep them apart.
public struct ShardRows: Sendable {
  /// What the rows of a matrix stand for.
  public enum Kind: Sendable {
    /// Tokens, as a packed layout puts them.
    case tokens
    /// Sentences, in the order of the layout, once for each step of a decoder.
    case sentences
  }

  /// Shards of the batch.
  public let count: Int
  /// The shard of each sentence, in the order of the layout.
  public let shards: [Int]
  private let layout: SequenceLayout
  private let shardsOfTokens: [Int]

  /// - Parameters:
  ///   - layout: of the batch.
  ///   - shards: of each of its sentences, in `0..<count`.
  public init(layout: SequenceLayout, shards: [Int], count: Int) {
    precondition(shards.count == layout.sentences, "\(shards.count) shards named")
    self.layout = layout
    self.shards = shards
    self.count = count
    shardsOfTokens = (0..<layout.steps).flatMap { shards[0..<layout.active[$0]] }
  }

  /// A batch that is one shard.
  public init(whole layout: SequenceLayout) {
    self.init(layout: layout, shards: [Int](repeating: 0, count: layout.sentences), count: 1)
  }

  /// What a matrix of one row a token or a sentence holds. Where there are as many tokens as sentences,
  /// every sentence is one token, and either is right.
  func kind(rows: Int) -> Kind {
    precondition(
      rows == layout.sentences || rows == layout.rows,
      "\(rows) rows for \(layout.sentences) sentences of \(layout.rows) tokens")
    return rows == layout.sentences ? .sentences : .tokens
  }

  /// The shard of each row of a matrix of `rows` rows.
  func shards(of kind: Kind, rows: Int) -> [Int] {
    switch kind {
    case .tokens:
      precondition(rows == layout.rows, "\(rows) rows of \(layout.rows) tokens")
      return shardsOfTokens
    case .sentences:
      let sentences = layout.sentences
      precondition(sentences > 0 && rows % sentences == 0, "\(rows) rows of \(sentences) sentences")
      return (0..<rows / sentences).flatMap { _ in shards }
    }
  }
}
