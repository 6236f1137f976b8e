/// The sizes of a transformer encoder.
public struct TransformerShape: Hashable, Sendable {
  /// The number of blocks.
  public var layers: Int
  /// The width of a row, `d`.
  public var hidden: Int
  /// The heads of a block's attention; each has `d / heads` columns.
  public var heads: Int
  /// The width within a feed-forward layer.
  public var inner: Int
  /// The rows of the table of words, or of pieces of words.
  public var vocabulary: Int
  /// The positions that have a vector: the most rows of a sentence.
  public var positions: Int
  /// The kinds of segments that have a vector.
  public var segments: Int
  /// `ε` of every layer normalisation: 1e-12 in BERT, 1e-5 in UniLM.
  public var epsilon: Float

  /// Gathers sizes.
  ///
  /// - Precondition: `heads` divides `hidden`.
  public init(
    layers: Int, hidden: Int, heads: Int, inner: Int, vocabulary: Int, positions: Int = 512,
    segments: Int = 2, epsilon: Float = 1e-12
  ) {
    precondition(hidden % heads == 0, "\(heads) heads of \(hidden) columns")
    (self.layers, self.hidden, self.heads, self.inner) = (layers, hidden, heads, inner)
    (self.vocabulary, self.positions, self.segments) = (vocabulary, positions, segments)
    self.epsilon = epsilon
  }
}
