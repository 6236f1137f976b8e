import Autodiff
import Tensors

extension Initializer {
  /// Uniform in ±1/√fan, for recurrent and linear weights and biases (Models/README.md 1.11).
  static func fan(_ fan: Int) -> Initializer { .uniform(bound: 1 / Float(fan).squareRoot()) }
}

/// A linear map `y = x Wᵀ + b`.
public struct Linear: Sendable {
  /// `W`, `[out, in]`.
  public let weight: Parameter
  /// `b`, `[1, out]`.
  public let bias: Parameter?

  /// Declares `name.weight` and `name.bias`, uniform in ±1/√inputs.
  ///
  /// - Parameter biasStart: the first value of all biases, where they start with one.
  public init(
    _ name: String, inputs: Int, outputs: Int, bias: Bool = true, biasStart: Float? = nil,
    in layout: inout ParameterLayout
  ) {
    weight = layout.declare("\(name).weight", rows: outputs, columns: inputs, .fan(inputs))
    let start: Initializer = biasStart.map { .uniform(center: $0, bound: 0) } ?? .fan(inputs)
    self.bias =
      bias ? layout.declare("\(name).bias", columns: outputs, start, decays: false) : nil
  }

  /// `y [rows, out]` of `x [rows, in]`.
  public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
    tape.linear(x, weight, bias: bias)
  }

  /// The same map for a decoder, applied once in each step.
  ///
  /// - Parameter rows: an upper bound for the rows of all steps together.
  public func unrolled(rows: Int, on tape: Tape) -> UnrolledLinear {
    UnrolledLinear(weight, bias: bias, rows: rows, on: tape)
  }
}

/// A linear map of two concatenated vectors, `y = W [a ; b] + c = W₁ a + W₂ b + c`. A decoder computes the
/// half of its constant operand once (Copy/README.md 3.1).
public struct SplitLinear: Sendable {
  /// `W`, `[out, left + right]`.
  public let weight: Parameter
  /// `c`, `[1, out]`.
  public let bias: Parameter?
  private let left: Int

  /// Declares `name.weight` and `name.bias`, uniform in ±1/√(left + right).
  public init(
    _ name: String, left: Int, right: Int, outputs: Int, bias: Bool = true,
    in layout: inout ParameterLayout
  ) {
    self.left = left
    let inputs = left + right
    weight = layout.declare("\(name).weight", rows: outputs, columns: inputs, .fan(inputs))
    self.bias =
      bias ? layout.declare("\(name).bias", columns: outputs, .fan(inputs), decays: false) : nil
  }

  /// `W₁ a`, one step at a time.
  ///
  /// - Parameter rows: an upper bound for the rows of all steps together.
  public func unrolledLeft(rows: Int, on tape: Tape) -> UnrolledLinear {
    UnrolledLinear(weight, columns: 0..<left, rows: rows, on: tape)
  }

  /// `W₂ b + c`, one step at a time.
  ///
  /// - Parameter rows: an upper bound for the rows of all steps together.
  public func unrolledRight(rows: Int, on tape: Tape) -> UnrolledLinear {
    UnrolledLinear(weight, columns: left..<weight.columns, bias: bias, rows: rows, on: tape)
  }

  /// `W₁ a` of all rows at once.
  public func left(_ a: Variable, on tape: Tape) -> Variable {
    tape.linear(a, weight, columns: 0..<left)
  }

  /// `W₂ b + c` of all rows at once.
  public func right(_ b: Variable, on tape: Tape) -> Variable {
    tape.linear(b, weight, columns: left..<weight.columns, bias: bias)
  }

  /// `W₂ b` of all rows at once; for uses in which `c` has no effect.
  public func rightWithoutBias(_ b: Variable, on tape: Tape) -> Variable {
    tape.linear(b, weight, columns: left..<weight.columns)
  }
}
