import Autodiff
import Tensors

/// The second half of a transformer's block: `LayerNorm(x + dropout(gelu(x W₁ᵀ + b₁) W₂ᵀ + b₂))`.
public struct FeedForward: Sendable {
  /// `W₁`, `[inner, d]`, and `b₁`.
  public let input: Projection
  /// `W₂`, `[d, inner]`, and `b₂`.
  public let output: Projection
  /// The normalisation behind it.
  public let norm: NormParameters

  /// Declares `name.in`, `name.out` and `name.ln`.
  public init(_ name: String, _ shape: TransformerShape, in layout: inout ParameterLayout) {
    let (width, inner) = (shape.hidden, shape.inner)
    input = Projection("\(name).in", inputs: width, outputs: inner, in: &layout)
    output = Projection("\(name).out", inputs: inner, outputs: width, in: &layout)
    norm = NormParameters("\(name).ln", width: width, epsilon: shape.epsilon, in: &layout)
  }

  /// `y [rows, d]` of `x [rows, d]`.
  ///
  /// - Parameter purpose: names the stream of dropout.
  public func callAsFunction(
    _ x: Variable, _ pass: TransformerPass, _ purpose: String, on tape: Tape
  ) -> Variable {
    tape.normalizedSum(
      tape.geluLinear(x, input.weight, bias: input.bias), output.weight, bias: output.bias,
      dropout: pass.dropout("feed-forward \(purpose)"), units: pass.layout.units, onto: x, norm)
  }
}
