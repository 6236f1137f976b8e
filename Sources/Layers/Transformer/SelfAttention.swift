import Autodiff
import Tensors

/// The first half of a transformer's block: `LayerNorm(x + dropout(attention(x) Wᵀ + b))`.
public struct SelfAttention: Sendable {
  /// `W` of queries, keys and values, `[d, d]` each, which lie end to end and are one product.
  public let weights: [Parameter]
  /// Their biases, `[d]` each.
  public let biases: [Parameter]
  /// The map of the heads' outputs.
  public let output: Projection
  /// The normalisation behind it.
  public let norm: NormParameters
  /// The number of heads.
  public let heads: Int

  /// Declares `name.q`, `name.k`, `name.v`, `name.o` and `name.ln`.
  public init(_ name: String, _ shape: TransformerShape, in layout: inout ParameterLayout) {
    let (width, parts) = (shape.hidden, ["q", "k", "v"])
    weights = parts.map {
      layout.transformerWeight("\(name).\($0).w", rows: width, columns: width)
    }
    biases = parts.map { layout.transformerBias("\(name).\($0).b", width) }
    output = Projection("\(name).o", inputs: width, outputs: width, in: &layout)
    norm = NormParameters("\(name).ln", width: width, epsilon: shape.epsilon, in: &layout)
    heads = shape.heads
  }

  /// `y [rows, d]` of `x [rows, d]`.
  ///
  /// - Parameters:
  ///   - purpose: names the streams of dropout.
  ///   - cache: the keys and values of earlier positions, in inference; those of `x` are added to it.
  public func callAsFunction(
    _ x: Variable, _ pass: TransformerPass, _ purpose: String, cache: KeyValueCache? = nil,
    on tape: Tape
  ) -> Variable {
    let qkv = tape.linear(x, adjacent: weights, biases: biases)
    let found =
      if let cache {
        tape.cachedAttention(
          qkv, heads: heads, layout: pass.layout, masks: pass.masks, cache: cache)
      } else {
        tape.selfAttention(
          qkv, heads: heads, layout: pass.layout, masks: pass.masks,
          dropout: pass.dropout("attention \(purpose)"))
      }
    return tape.normalizedSum(
      found, output.weight, bias: output.bias, dropout: pass.dropout("attention output \(purpose)"),
      units: pass.layout.units, onto: x, norm)
  }
}
