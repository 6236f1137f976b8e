import Autodiff
import Checkpoints
import Corpora
import Layers
import Tensors

/// Makes a ``TransformerFile`` of the weights that a BERT's, MiniLM's or UniLM's authors publish.
public struct TransformerImport: ~Copyable {
  private let folder: ModelFolder
  /// The sizes of the encoder.
  public let shape: TransformerShape
  /// `ε` of every layer normalisation.
  private let epsilon: Double
  /// The rows of the table of segments that become source and target: of UniLM's six the fifth and sixth.
  private let segments: [Int]
  /// Whether the weights have a head that predicts tokens.
  public let hasTokenHead: Bool
  /// The tensors that nothing is made of.
  public let unused: [String]

  /// Opens a folder, and checks that the tensors of an encoder are there and fit each other.
  ///
  /// - Throws: `ImportError`, `CheckpointError` or `CorpusError` with the file and what to do.
  public init(_ path: String) throws {
    let folder = try ModelFolder(path)
    let (found, rows) = try Self.shape(of: folder)
    let epsilon = folder.configuration.epsilon ?? (rows == 6 ? 1e-5 : 1e-12)
    var shape = found
    shape.epsilon = Float(epsilon)
    let known = Self.arrays(shape)
    try Self.checkShapes(of: folder, known, shape)
    try Self.checkRepetitions(in: folder)
    hasTokenHead = BERTNames.head.allSatisfy { folder.names[$0.tensor] != nil }
    let used = Set((known + BERTNames.head).map(\.tensor)).union([
      BERTNames.tiedMatrix, BERTNames.repeatedBias,
    ])
    unused = folder.names.keys.filter { !used.contains($0) && !BERTNames.isDropped($0) }.sorted()
    segments = rows == 6 ? [4, 5] : [0, 1]
    (self.shape, self.epsilon) = (shape, epsilon)
    self.folder = folder
  }

  /// Where the arrays of an encoder come from.
  private static func arrays(_ shape: TransformerShape) -> [(array: String, tensor: String)] {
    BERTNames.embedding + (0..<shape.layers).flatMap(BERTNames.block)
  }

  /// The sizes, and the rows of the table of segments.
  private static func shape(of folder: borrowing ModelFolder) throws -> (TransformerShape, Int) {
    let words = try folder.matrix("embeddings.word_embeddings.weight")
    let positions = try folder.matrix("embeddings.position_embeddings.weight")
    let segments = try folder.matrix("embeddings.token_type_embeddings.weight")
    var layers = 0
    while folder.names[BERTNames.block(layers)[0].tensor] != nil { layers += 1 }
    let inner = try folder.matrix("encoder.layer.0.intermediate.dense.weight")
    let heads = folder.configuration.heads
    guard heads > 0, words.columns % heads == 0 else {
      throw ImportError(
        description:
          "\(folder.path)/config.json: 'num_attention_heads' is \(heads), which does not "
          + "divide \(words.columns) columns")
    }
    guard [2, 6].contains(segments.rows) else {
      throw ImportError(
        description:
          "\(folder.weights.path): has \(segments.rows) kinds of segments; expected 2, as "
          + "in BERT, or 6, as in UniLM")
    }
    guard words.rows == folder.vocabulary.count else {
      throw ImportError(
        description: "\(folder.path)/vocab.txt: has \(folder.vocabulary.count) pieces, the weights "
          + "have \(words.rows)")
    }
    return (
      TransformerShape(
        layers: layers, hidden: words.columns, heads: heads, inner: inner.rows,
        vocabulary: words.rows,
        positions: positions.rows),
      segments.rows
    )
  }

  private static func checkShapes(
    of folder: borrowing ModelFolder, _ arrays: [(array: String, tensor: String)],
    _ shape: TransformerShape
  ) throws {
    var layout = ParameterLayout()
    _ = TransformerEncoder(shape, in: &layout)
    let expected = Dictionary(
      uniqueKeysWithValues: layout.parameters.map {
        ($0.name.replacing(".", with: "/"), $0.shape)
      })
    for (array, tensor) in arrays {
      let found = try folder.extents(tensor)
      let isRight =
        array == "embed/segment"
        ? found.last == shape.hidden : found == expected[array]
      guard isRight else {
        throw ImportError(
          description: "\(folder.weights.path): '\(tensor)' has the shape \(found); "
            + "\(expected[array] ?? []) is expected")
      }
    }
  }

  /// Refuses a head whose matrix is not the table of words, or whose bias is there twice with other values.
  private static func checkRepetitions(in folder: borrowing ModelFolder) throws {
    for (copy, original) in [
      (BERTNames.tiedMatrix, "embeddings.word_embeddings.weight"),
      (BERTNames.repeatedBias, "cls.predictions.bias"),
    ] where folder.names[copy] != nil && folder.names[original] != nil {
      guard try folder.floats(copy) == folder.floats(original) else {
        throw ImportError(
          description:
            "\(folder.weights.path): '\(copy)' differs from '\(original)'; tercet's head "
            + "has the values of that")
      }
    }
  }

  /// The values of an array.
  ///
  /// - Throws: `CheckpointError` for a value that is no finite number.
  private borrowing func values(
    _ array: String, _ tensor: String
  ) throws(CheckpointError) -> [Float] {
    let values = try folder.floats(tensor)
    guard values.allSatisfy(\.isFinite) else {
      throw CheckpointError(
        folder.weights.path, name: tensor, problem: "holds a value that is no finite number")
    }
    if array != "embed/segment" { return values }
    return segments.flatMap { values[$0 * shape.hidden..<($0 + 1) * shape.hidden] }
  }
}

extension TransformerImport {
  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `CheckpointError` naming `path`, or the file of the weights.
  public borrowing func write(to path: String) throws(CheckpointError) {
    let record = try reference()
    let arrays = Self.arrays(shape) + (hasTokenHead ? BERTNames.head : [])
    try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
      try writeConfiguration(to: writer)
      for (array, tensor) in arrays {
        let values = try self.values(array, tensor)
        var extents = try folder.extents(tensor)
        if array == "embed/segment" { extents[0] = segments.count }
        try writer.floats(array, shape: extents, values)
      }
      try record.write(to: writer, hidden: shape.hidden)
    }
  }

  private borrowing func writeConfiguration(
    to writer: borrowing CheckpointWriter
  ) throws(CheckpointError) {
    try writer.attribute("name", on: "format", .string(TransformerFile.format))
    try writer.attribute("version", on: "format", .integer(Int64(TransformerFile.version)))
    for (name, value) in [
      ("layers", shape.layers), ("hidden", shape.hidden), ("heads", shape.heads),
      ("inner", shape.inner), ("vocab", shape.vocabulary), ("max_position", shape.positions),
      ("segments", shape.segments),
    ] {
      try writer.attribute(name, on: "config", .integer(Int64(value)))
    }
    try writer.attribute("ln_eps", on: "config", .real(epsilon))
    try writer.attribute("cased", on: "config", .truth(folder.isCased))
    try writer.attribute("source_name", on: "config", .string(sourceName))
    try writer.texts("vocab", folder.vocabulary.pieces.names)
  }

  /// What the weights call themselves, or the folder's name.
  public var sourceName: String {
    folder.configuration.source ?? folder.path.split(separator: "/").last.map(String.init) ?? "?"
  }

  /// The record of an input that begins and ends as a sentence does.
  private borrowing func reference() throws(CheckpointError) -> ReferenceRecord {
    var layout = ParameterLayout()
    var first = shape
    first.layers = 1
    let encoder = TransformerEncoder(first, in: &layout)
    let parameters = Slab(count: layout.count)
    let tensors = Dictionary(
      uniqueKeysWithValues: Self.arrays(first).map { ($0.array, $0.tensor) })
    for parameter in layout.parameters {
      let array = parameter.name.replacing(".", with: "/")
      guard let tensor = tensors[array] else { preconditionFailure("no source of \(array)") }
      _ = parameters.buffer[parameter.values].update(fromContentsOf: try values(array, tensor))
    }
    let vocabulary = folder.vocabulary
    let text = (0..<Int32(vocabulary.count)).lazy.filter { !vocabulary.isSpecial($0) }.prefix(512)
    let ids = [vocabulary[.start]] + text.suffix(9) + [vocabulary[.end]]
    let segments = ids.indices.map { 2 * $0 < ids.count ? 0 : 1 }
    return ReferenceRecord(
      ids: ids.map { Int($0) }, segments: segments, of: encoder, on: Tape(parameters: parameters))
  }
}
