import Checkpoints
import Corpora
import Layers

extension ModelFolder {
  /// The fewest positions of the generative model, `model.positions`.
  private static let leastPositions = 16

  private static let (words, positions, inner) = (
    "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight",
    "encoder.layer.0.intermediate.dense.weight"
  )

  /// The sizes of the encoder, and the rows of the table of segments.
  ///
  /// - Throws: `ImportError` or `CheckpointError` where a tensor is missing, the files of the folder differ in a size,
  ///   or no model has such sizes.
  borrowing func shape() throws -> (encoder: TransformerShape, segments: Int) {
    let words = try matrix(Self.words)
    let positions = try matrix(Self.positions)
    let segments = try matrix("embeddings.token_type_embeddings.weight")
    let layers = try blocks()
    let inner = try matrix(Self.inner)
    let heads = configuration.heads
    guard words.columns % heads == 0 else {
      throw ImportError(
        description:
          "\(path)/config.json: 'num_attention_heads' is \(heads), which does not "
          + "divide \(words.columns) columns")
    }
    let shape = TransformerShape(
      layers: layers, hidden: words.columns, heads: heads, inner: inner.rows,
      vocabulary: words.rows, positions: positions.rows)
    try compare(shape)
    try check(shape, segments: segments.rows)
    return (shape, segments.rows)
  }

  /// The number of blocks: one more than the highest number in a tensor's name.
  ///
  /// - Throws: `CheckpointError` naming a tensor of the first block that is passed over.
  private borrowing func blocks() throws -> Int {
    let numbers = Set(names.keys.compactMap(BERTNames.blockNumber))
    // As many as there are, however large the highest is.
    for number in 0..<numbers.count where !numbers.contains(number) {
      throw missing(BERTNames.block(number)[0].tensor)
    }
    return numbers.count
  }

  /// Refuses tensors of other sizes than `config.json` says.
  private borrowing func compare(_ shape: TransformerShape) throws(ImportError) {
    let (layers, words, inner) = (shape.layers, "'\(Self.words)'", "'\(Self.inner)'")
    typealias Size = (finding: String, found: Int, key: String, said: Int?)
    let sizes: [Size] = [
      (
        layers == 1 ? "has 1 block" : "has \(layers) blocks", layers, "num_hidden_layers",
        configuration.layers
      ),
      ("\(words) has \(shape.hidden) columns", shape.hidden, "hidden_size", configuration.hidden),
      ("\(inner) has \(shape.inner) rows", shape.inner, "intermediate_size", configuration.inner),
      (
        "\(words) has \(shape.vocabulary) rows", shape.vocabulary, "vocab_size",
        configuration.vocabulary
      ),
    ]
    for (finding, found, key, said) in sizes {
      guard let said, said != found else { continue }
      throw ImportError(
        description: "\(weights.path): \(finding), but \(path)/config.json: '\(key)' is \(said); "
          + "expected the same: take both files of one model, and the tensors of all parts of a "
          + "checkpoint in one file")
    }
  }

  /// Refuses sizes that no model has, and those of another vocabulary.
  private borrowing func check(
    _ shape: TransformerShape, segments: Int
  ) throws(ImportError) {
    guard [2, 6].contains(segments) else {
      throw ImportError(
        description:
          "\(weights.path): has \(segments) kinds of segments; expected 2, as "
          + "in BERT, or 6, as in UniLM")
    }
    guard shape.vocabulary == vocabulary.count else {
      throw ImportError(
        description: "\(path)/vocab.txt: has \(vocabulary.count) pieces, the weights "
          + "have \(shape.vocabulary)")
    }
    guard shape.positions >= Self.leastPositions else {
      throw ImportError(
        description: "\(weights.path): '\(Self.positions)' has \(shape.positions) rows; expected "
          + "at least \(Self.leastPositions), the fewest positions of a model; take weights with "
          + "more")
    }
  }
}
