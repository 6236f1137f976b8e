import Autodiff
import Tensors

/// The input of a transformer, `LayerNorm(word + position + segment)`, and dropout.
public struct TransformerEmbedding: Sendable {
  /// The vectors of words or pieces, `[vocabulary, d]`.
  public let word: Parameter
  /// The vectors of positions, `[positions, d]`.
  public let position: Parameter
  /// The vectors of segments, `[segments, d]`.
  public let segment: Parameter
  /// The normalisation of the sum.
  public let norm: NormParameters

  /// Declares `name.word`, `name.position`, `name.segment` and `name.ln`.
  public init(_ name: String, _ shape: TransformerShape, in layout: inout ParameterLayout) {
    let width = shape.hidden
    word = layout.transformerWeight("\(name).word", rows: shape.vocabulary, columns: width)
    position = layout.transformerWeight("\(name).position", rows: shape.positions, columns: width)
    segment = layout.transformerWeight("\(name).segment", rows: shape.segments, columns: width)
    norm = NormParameters("\(name).ln", width: width, epsilon: shape.epsilon, in: &layout)
  }

  /// Embeds rows, `[rows, d]`.
  ///
  /// - Parameters:
  ///   - ids: of words or pieces.
  ///   - positions: of each row; by default its place in its sentence.
  ///   - segments: of each row.
  public func callAsFunction(
    _ ids: [Int], positions: [Int]? = nil, segments: [Int], _ pass: TransformerPass, on tape: Tape
  ) -> Variable {
    let sum = tape.embeddedSum(
      [(word, ids), (position, positions ?? pass.layout.units), (segment, segments)],
      rows: pass.layout.map)
    return tape.dropped(
      tape.normalized(sum, norm), by: pass.dropout("embeddings"), units: pass.layout.units)
  }
}
