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
  /// Where the arrays of the head that predicts tokens come from; none where the weights have no such head.
  private let head: [(array: String, tensor: String)]
  /// The tensors that nothing is made of.
  public let unused: [String]

  /// Opens a folder, and checks that the tensors of an encoder are there and fit each other.
  ///
  /// - Throws: `ImportError`, `CheckpointError` or `CorpusError` with the file and what to do.
  public init(_ path: String) throws {
    let folder = try ModelFolder(path)
    let (found, rows) = try folder.shape()
    let epsilon = folder.configuration.epsilon ?? (rows == 6 ? 1e-5 : 1e-12)
    var shape = found
    shape.epsilon = Float(epsilon)
    let head = try Self.head(of: folder)
    let known = Self.arrays(shape) + head
    try Self.checkShapes(of: folder, known, shape)
    try Self.checkRepetitions(in: folder)
    let used = Set(known.map(\.tensor)).union([BERTNames.tiedMatrix, BERTNames.repeatedBias])
    unused = folder.names.keys.filter { !used.contains($0) && !BERTNames.isDropped($0) }.sorted()
    segments = rows == 6 ? [4, 5] : [0, 1]
    (self.shape, self.epsilon, self.head) = (shape, epsilon, head)
    self.folder = folder
  }

  /// Whether the weights have a head that predicts tokens.
  public var hasTokenHead: Bool { !head.isEmpty }

  /// Where the arrays of an encoder come from.
  private static func arrays(_ shape: TransformerShape) -> [(array: String, tensor: String)] {
    BERTNames.embedding + (0..<shape.layers).flatMap(BERTNames.block)
  }

  /// Where the arrays of the head that predicts tokens come from; none where the weights have no such head.
  ///
  /// - Throws: `ImportError` where a part of the head is missing.
  private static func head(
    of folder: borrowing ModelFolder
  ) throws(ImportError) -> [(array: String, tensor: String)] {
    let names = folder.names
    let isRenamed = names[BERTNames.bias] == nil && names[BERTNames.repeatedBias] != nil
    let head = BERTNames.head(bias: isRenamed ? BERTNames.repeatedBias : BERTNames.bias)
    let all = head.map(\.tensor) + [BERTNames.tiedMatrix]
    guard let present = all.first(where: { names[$0] != nil }) else { return [] }
    for (_, tensor) in head where names[tensor] == nil {
      throw ImportError(
        description: "\(folder.weights.path): '\(tensor)' is missing, but '\(present)' is there; "
          + "expected the whole head for tokens or nothing of it: take all tensors of the "
          + "checkpoint, or leave out those of cls.predictions")
    }
    return head
  }

  private static func checkShapes(
    of folder: borrowing ModelFolder, _ arrays: [(array: String, tensor: String)],
    _ shape: TransformerShape
  ) throws {
    // A missing tensor is told before anything is made for so many blocks.
    for (_, tensor) in arrays { _ = try folder.extents(tensor) }
    var layout = ParameterLayout()
    let encoder = TransformerEncoder(shape, in: &layout)
    _ = TokenHead(
      "head.token", words: encoder.embedding.word, epsilon: shape.epsilon, in: &layout)
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
      (BERTNames.repeatedBias, BERTNames.bias),
    ] where folder.names[copy] != nil && folder.names[original] != nil {
      guard try folder.extents(copy) == folder.extents(original),
        try folder.floats(copy) == folder.floats(original)
      else {
        throw ImportError(
          description:
            "\(folder.weights.path): '\(copy)' differs from '\(original)'; tercet's head "
            + "has the values of that")
      }
    }
  }

  /// The shape and the values of an array.
  ///
  /// - Throws: `CheckpointError` naming the file of the weights, also for a value that is no finite number.
  private borrowing func values(
    _ array: String, _ tensor: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Float]) {
    var extents = try folder.extents(tensor)
    let values = try folder.floats(tensor)
    guard values.allSatisfy(\.isFinite) else {
      throw CheckpointError(
        folder.weights.path, name: tensor, problem: "holds a value that is no finite number")
    }
    guard array == "embed/segment" else { return (extents, values) }
    extents[0] = segments.count
    return (extents, segments.flatMap { values[$0 * shape.hidden..<($0 + 1) * shape.hidden] })
  }
}

extension TransformerImport {
  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `CheckpointError` naming `path`, or the file of the weights.
  public borrowing func write(to path: String) throws(CheckpointError) {
    let record = try reference()
    // An error about the weights, which would else be taken for one about the file that is written.
    var fault: CheckpointError?
    do throws(CheckpointError) {
      try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
        try writeConfiguration(to: writer)
        for (array, tensor) in Self.arrays(shape) + head {
          let (extents, values): ([Int], [Float])
          do throws(CheckpointError) {
            (extents, values) = try self.values(array, tensor)
          } catch {
            fault = error
            throw error
          }
          try writer.floats(array, shape: extents, values)
        }
        try record.write(to: writer, hidden: shape.hidden)
      }
    } catch {
      throw fault ?? error
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
    try writer.attribute("cased", on: "config", .truth(folder.casing == .cased))
    if folder.casing == .lowercase {
      try writer.attribute("strip_accents", on: "config", .truth(false))
    }
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
      _ = parameters.buffer[parameter.values].update(
        fromContentsOf: try values(array, tensor).values)
    }
    let vocabulary = folder.vocabulary
    let text = (0..<Int32(vocabulary.count)).lazy.filter { !vocabulary.isSpecial($0) }.prefix(512)
    let inner = text.suffix(min(9, shape.positions - 2))
    let ids = [vocabulary[.start]] + inner + [vocabulary[.end]]
    let segments = ids.indices.map { 2 * $0 < ids.count ? 0 : 1 }
    return ReferenceRecord(
      ids: ids.map { Int($0) }, segments: segments, of: encoder, on: Tape(parameters: parameters))
  }
}
