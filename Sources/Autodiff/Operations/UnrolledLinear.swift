import Kernels
import Tensors

/// A linear map, `y = x Wᵀ + b`, that a decoder applies once a step; the weight gradient of all its steps
/// is one product.
public final class UnrolledLinear {
  private let tape: Tape
  private let weights: Weight
  private let bias: Parameter?
  /// Inputs of all steps, a block of rows a step.
  private let inputs: Matrix
  /// Gradients of the outputs likewise: each step's output has its rows for gradient.
  private let outputGradients: Matrix
  private let sentences: Int
  private var taken = 0

  /// - Parameters:
  ///   - columns: the part of the weight's columns to use; all of them when `nil`.
  ///   - steps: the steps that will be taken, at most.
  ///   - sentences: rows of each step.
  public init(
    _ weight: Parameter, columns: Range<Int>? = nil, bias: Parameter? = nil, steps: Int,
    sentences: Int, on tape: Tape
  ) {
    let part = columns ?? 0..<weight.columns
    let rows = steps * sentences
    precondition(bias.map { $0.count == weight.rows } ?? true, "bias for \(weight.rows) outputs")
    self.tape = tape
    self.bias = bias
    self.sentences = sentences
    weights = tape.weight(tape.values(weight).columns(part))
    inputs = tape.pool.uninitialized(rows, part.count)
    switch tape.mode {
    case .training, .collecting: outputGradients = tape.pool.zeros(rows, weight.rows)
    case .inference: outputGradients = tape.pool.uninitialized(0, weight.rows)
    }
    tape.record { [self] gradients in
      let dy = outputGradients.rows(0..<taken * sentences)
      gradients.addProduct(
        dy, inputs.rows(0..<dy.rows), kind: .sentences, to: weight, inputs: part)
      if let bias { gradients.addColumnSums(dy, kind: .sentences, to: bias) }
    }
  }

  /// `y`, `[sentences, out]`, of `x`, `[sentences, in]`.
  ///
  /// - Precondition: fewer steps were taken than the map was made for.
  public func step(_ x: Variable) -> Variable {
    let rows = taken * sentences..<(taken + 1) * sentences
    precondition(rows.upperBound <= inputs.rows, "more steps than the map was made for")
    taken += 1
    inputs.rows(rows).assign(x.value)
    let value = tape.pool.uninitialized(sentences, weights.outputs)
    weights.forward(x.value, into: value)
    if let bias {
      addRow(
        tape.values(bias).pointer, to: value.pointer, rows: value.rows, columns: value.columns)
    }
    guard tape.isTraining else { return tape.variable(value) }
    let y = tape.variable(value, gradient: outputGradients.rows(rows))
    tape.record { [weights] _ in weights.backward(y.gradient, into: x.gradient, adding: true) }
    return y
  }
}
