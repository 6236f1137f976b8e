import Kernels
import Tensors

/// A linear map, `y = x Wᵀ + b`, that a decoder applies once in each step. The weight gradient is a single
/// product over all steps.
public final class UnrolledLinear {
  private let tape: Tape
  private let weights: Weight
  private let bias: Parameter?
  /// Inputs of all steps, one below the other.
  private let inputs: Matrix
  /// Gradients of all outputs, one below the other; each step's output accumulates into its own rows.
  private let outputGradients: Matrix
  /// The sentence of each row of the steps so far.
  private var maps: [RowMap] = []
  private var taken = 0

  /// Prepares the map for a decoder's steps on one batch.
  ///
  /// - Parameters:
  ///   - weight: `W`, `[out, in]`.
  ///   - columns: the part of the weight's columns to use; all of them when `nil`.
  ///   - bias: `b`, `[1, out]`.
  ///   - rows: an upper bound for the rows of all steps together.
  public init(
    _ weight: Parameter, columns: Range<Int>? = nil, bias: Parameter? = nil, rows: Int,
    on tape: Tape
  ) {
    let part = columns ?? 0..<weight.columns
    precondition(bias.map { $0.count == weight.rows } ?? true, "bias for \(weight.rows) outputs")
    self.tape = tape
    self.bias = bias
    weights = tape.weight(tape.values(weight).columns(part))
    inputs = tape.pool.uninitialized(rows, part.count)
    switch tape.mode {
    case .collecting: outputGradients = tape.pool.zeros(rows, weight.rows)
    case .inference: outputGradients = tape.pool.uninitialized(0, weight.rows)
    }
    tape.record { [self] gradients in
      let dy = outputGradients.rows(0..<taken)
      let map = RowMap.stacked(maps)
      gradients.addProduct(dy, inputs.rows(0..<taken), rows: map, to: weight, inputs: part)
      if let bias { gradients.addColumnSums(dy, rows: map, to: bias) }
    }
  }

  /// `y`, `[rows, out]`, of `x`, `[rows, in]`.
  ///
  /// - Precondition: all steps together stay within the rows given to the initialiser.
  public func step(_ x: Variable) -> Variable {
    let rows = taken..<taken + x.value.rows
    precondition(rows.upperBound <= inputs.rows, "more steps than the map was made for")
    taken = rows.upperBound
    maps.append(x.rows)
    inputs.rows(rows).assign(x.value)
    let value = tape.pool.uninitialized(rows.count, weights.outputs)
    weights.forward(x.value, into: value)
    if let bias {
      addRow(
        tape.values(bias).pointer, to: value.pointer, rows: value.rows, columns: value.columns)
    }
    guard tape.isTraining else { return tape.variable(value, rows: x.rows) }
    let y = tape.variable(value, rows: x.rows, gradient: outputGradients.rows(rows))
    tape.record { [weights] _ in weights.backward(y.gradient, into: x.gradient, adding: true) }
    return y
  }
}
