import Autodiff
import Tensors

/// A linear map within a transformer: weights normal with deviation 0.02, biases 0.
public struct Projection: Sendable {
  /// `W`, `[out, in]`.
  public let weight: Parameter
  /// `b`, `[out]`.
  public let bias: Parameter

  /// Declares `name.w` and `name.b`.
  public init(_ name: String, inputs: Int, outputs: Int, in layout: inout ParameterLayout) {
    weight = layout.transformerWeight("\(name).w", rows: outputs, columns: inputs)
    bias = layout.transformerBias("\(name).b", outputs)
  }

  /// `y [rows, out]` of `x [rows, in]`.
  public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
    tape.linear(x, weight, bias: bias)
  }
}

extension NormParameters {
  /// Declares `name.gamma` and `name.beta`, which start as ones and zeros.
  public init(_ name: String, width: Int, epsilon: Float, in layout: inout ParameterLayout) {
    self.init(
      gamma: layout.declare("\(name).gamma", columns: width, .ones, decays: false),
      beta: layout.declare("\(name).beta", columns: width, .zeros, decays: false),
      epsilon: epsilon)
  }
}

extension ParameterLayout {
  mutating func transformerWeight(_ name: String, rows: Int, columns: Int) -> Parameter {
    declare(name, rows: rows, columns: columns, .normal(deviation: 0.02))
  }

  mutating func transformerBias(_ name: String, _ count: Int) -> Parameter {
    declare(name, columns: count, .zeros, decays: false)
  }
}
