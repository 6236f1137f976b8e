import Kernels
import Tensors

extension Tape {
  /// `y = x Wᵀ + b`.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`.
  ///   - weight: `[out, in]`.
  ///   - columns: the part of the weight's columns to use; all of them when `nil`.
  ///   - bias: `[1, out]`.
  /// - Returns: `y`, `[rows, out]`.
  public func linear(
    _ x: Variable, _ weight: Parameter, columns: Range<Int>? = nil, bias: Parameter? = nil
  ) -> Variable {
    let part = columns ?? 0..<weight.columns
    let weights = self.weight(values(weight).columns(part))
    precondition(bias.map { $0.count == weight.rows } ?? true, "bias for \(weight.rows) outputs")
    let y = variable(pool.uninitialized(x.value.rows, weight.rows), rows: x.rows)
    weights.forward(x.value, into: y.value)
    if let bias {
      addRow(values(bias).pointer, to: y.value.pointer, rows: y.value.rows, columns: weight.rows)
    }
    record(y) { dy, gradients in
      gradients.addProduct(dy, x.value, rows: x.rows, to: weight, inputs: part)
      if let bias { gradients.addColumnSums(dy, rows: x.rows, to: bias) }
      weights.backward(dy, into: x.gradient, adding: true)
    }
    return y
  }
}
