import Autodiff
import Tensors

/// The scores of a vocabulary for each row: `LayerNorm(gelu(x Wᵀ + b)) Eᵀ + c`, E being the table of words that the
/// encoder's input is looked up in.
public struct TokenHead: Sendable {
  /// `W`, `[d, d]`, and `b`.
  public let dense: Projection
  /// The normalisation behind it.
  public let norm: NormParameters
  /// `E`, `[vocabulary, d]`.
  public let words: Parameter
  /// `c`, `[vocabulary]`.
  public let bias: Parameter

  /// Declares `name.dense`, `name.ln` and `name.bias`.
  ///
  /// - Parameter words: the encoder's table.
  public init(
    _ name: String, words: Parameter, epsilon: Float, in layout: inout ParameterLayout
  ) {
    let width = words.columns
    dense = Projection("\(name).dense", inputs: width, outputs: width, in: &layout)
    norm = NormParameters("\(name).ln", width: width, epsilon: epsilon, in: &layout)
    self.words = words
    bias = layout.transformerBias("\(name).bias", words.rows)
  }

  private func features(_ x: Variable, on tape: Tape) -> Variable {
    tape.normalized(tape.geluLinear(x, dense.weight, bias: dense.bias), norm)
  }

  /// The scores, `[rows, vocabulary]`.
  public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
    tape.linear(features(x, on: tape), words, bias: bias)
  }

  /// Adds the cross-entropy of each row to the loss of its sentence.
  ///
  /// - Parameter targets: a word for each row.
  public func addLoss(_ x: Variable, targets: [Int], to loss: LossTerm, on tape: Tape) {
    tape.addCrossEntropy(
      features(x, on: tape), through: words, bias: bias, targets: targets, to: loss)
  }
}
