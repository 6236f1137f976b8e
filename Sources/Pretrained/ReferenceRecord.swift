import Autodiff
import Checkpoints
import Layers
import Tensors

/// The output of an encoder's first block for one input, by which a reader of the weights proves itself
/// (Models/Generative/README.md 7.8). Every position sees every other.
public struct ReferenceRecord: Sendable {
  /// The pieces.
  public let ids: [Int]
  /// The segment of each piece.
  public let segments: [Int]
  /// `[pieces, hidden]`.
  public let hidden: [Float]

  /// The largest difference that rounding may make.
  public static let tolerance: Float = 1e-4

  /// Takes a record of a file.
  ///
  /// - Throws: `CheckpointError` where ids, segments or shape are not those of the encoder.
  init(
    ids: [Int], segments: [Int], hidden: (shape: [Int], values: [Float]),
    of shape: TransformerShape,
    in path: String
  ) throws(CheckpointError) {
    guard !ids.isEmpty, ids.count <= shape.positions, segments.count == ids.count,
      hidden.shape == [ids.count, shape.hidden],
      ids.allSatisfy((0..<shape.vocabulary).contains),
      segments.allSatisfy((0..<shape.segments).contains)
    else {
      throw CheckpointError(path, name: "reference", problem: "does not fit the sizes in '/config'")
    }
    (self.ids, self.segments, self.hidden) = (ids, segments, hidden.values)
  }

  /// Makes the record of an encoder.
  ///
  /// - Parameter parameters: the values of the encoder's layout.
  init(ids: [Int], segments: [Int], of encoder: TransformerEncoder, on tape: Tape) {
    (self.ids, self.segments) = (ids, segments)
    hidden = Self.output(ids, segments, of: encoder, on: tape)
  }

  /// The largest difference to what an encoder gives; infinite where one is no number.
  public func difference(to encoder: TransformerEncoder, on tape: Tape) -> Float {
    zip(hidden, Self.output(ids, segments, of: encoder, on: tape)).reduce(0) {
      let difference = abs($1.0 - $1.1)
      return difference.isNaN ? .infinity : max($0, difference)
    }
  }

  /// Writes the record.
  ///
  /// - Parameter hidden: the encoder's width.
  func write(
    to writer: borrowing CheckpointWriter, hidden width: Int
  ) throws(CheckpointError) {
    try writer.integers("reference/ids", shape: [ids.count], ids.map { Int64($0) })
    try writer.integers("reference/segments", shape: [ids.count], segments.map { Int64($0) })
    try writer.floats("reference/hidden", shape: [ids.count, width], hidden)
  }

  private static func output(
    _ ids: [Int], _ segments: [Int], of encoder: TransformerEncoder, on tape: Tape
  ) -> [Float] {
    let pass = TransformerPass(
      layout: SentenceLayout(lengths: [ids.count], on: tape), masks: [.full])
    let embedded = encoder.embedding(ids, segments: segments, pass, on: tape)
    let output = encoder.blocks[0](embedded, pass, on: tape).value
    return (0..<output.rows).flatMap { row in (0..<output.columns).map { output[row, $0] } }
  }
}
