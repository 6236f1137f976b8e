import Checkpoints
import Corpora
import Layers

extension ModelFolder {
  /// The fewest positions of the generative model, `model.positions`.
  private static let leastPositions = 16

  private static let (words, positions, segments, inner) = (
    "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight",
    "embeddings.token_type_embeddings.weight", "encoder.layer.0.intermediate.dense.weight"
  )

  /// The sizes of the encoder, and the rows of the table of segments.
  ///
  /// - Throws: `ImportError` or `CheckpointError` where a tensor is missing, the files of the folder differ in a size,
  ///   or no model has such sizes.
  borrowing func shape() throws -> (encoder: TransformerShape, segments: Int) {
    let words = try matrix(Self.words)
    let positions = try matrix(Self.positions)
    let segments = try matrix(Self.segments)
    let layers = try blocks()
    let inner = try matrix(Self.inner)
    let heads = configuration.heads
    guard words.columns % heads == 0 else {
      throw ImportError(
        description:
          "\(path)/config.json: 'num_attention_heads' is \(heads), which does not divide the width "
          + "of '\(Self.words)', \(words.columns); take both files of one model")
    }
    let shape = TransformerShape(
      layers: layers, hidden: words.columns, heads: heads, inner: inner.rows,
      vocabulary: words.rows, positions: positions.rows)
    try compare(shape, segments: segments)
    try check(shape, segments: segments)
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
  private borrowing func compare(
    _ shape: TransformerShape, segments: (rows: Int, columns: Int)
  ) throws(ImportError) {
    let (words, said) = ([shape.vocabulary, shape.hidden], configuration)
    typealias Size = (tensor: String, found: [Int], axis: Int, key: String, said: Int?)
    let sizes: [Size] = [
      (Self.words, words, 1, "hidden_size", said.hidden),
      (Self.inner, [shape.inner, shape.hidden], 0, "intermediate_size", said.inner),
      (Self.words, words, 0, "vocab_size", said.vocabulary),
      (
        Self.positions, [shape.positions, shape.hidden], 0, "max_position_embeddings",
        said.positions
      ),
      (
        Self.segments, [segments.rows, segments.columns], 0, "type_vocab_size", said.segments
      ),
    ]
    for (tensor, found, axis, key, said) in sizes {
      guard let said, said != found[axis] else { continue }
      var expected = found
      expected[axis] = said
      throw differing("'\(tensor)' has the shape \(found)", key, said, expected: "\(expected)")
    }
    guard let layers = said.layers, layers != shape.layers else { return }
    let found = shape.layers == 1 ? "has 1 block" : "has \(shape.layers) blocks"
    throw differing(found, "num_hidden_layers", layers, expected: "as many")
  }

  private borrowing func differing(
    _ finding: String, _ key: String, _ said: Int, expected: String
  ) -> ImportError {
    ImportError(
      description: "\(weights.path): \(finding), but \(path)/config.json: '\(key)' is \(said); "
        + "expected \(expected): take both files of one model, and the tensors of all parts of a "
        + "checkpoint in one file")
  }

  /// Refuses sizes that no model has, and those of another vocabulary.
  private borrowing func check(
    _ shape: TransformerShape, segments: (rows: Int, columns: Int)
  ) throws(ImportError) {
    guard [2, 6].contains(segments.rows) else {
      throw ImportError(
        description:
          "\(weights.path): '\(Self.segments)' has the shape \([segments.rows, segments.columns]); "
          + "expected 2 rows, as in BERT, or 6, as in UniLM; take the weights of one of these")
    }
    guard shape.vocabulary == vocabulary.count else {
      throw ImportError(
        description: "\(path)/vocab.txt: has \(vocabulary.count) pieces, but '\(Self.words)' in "
          + "\(weights.path) has the shape \([shape.vocabulary, shape.hidden]); expected as many "
          + "rows: take both files of one model")
    }
    guard shape.positions >= Self.leastPositions else {
      throw ImportError(
        description: "\(weights.path): '\(Self.positions)' has the shape "
          + "\([shape.positions, shape.hidden]); expected at least \(Self.leastPositions) rows, the "
          + "fewest positions of a model; take weights with more")
    }
  }
}
