import Kernels
import Tensors

extension Tape {
  /// `y = gelu(x Wᵀ + b)`; the forward pass of training keeps the slope in the place of what gelu is taken of.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`.
  ///   - weight: `[out, in]`.
  ///   - bias: `[out]`.
  public func geluLinear(_ x: Variable, _ weight: Parameter, bias: Parameter) -> Variable {
    let (weights, shift) = (self.weight(values(weight)), values(bias).pointer)
    let y = variable(pool.uninitialized(x.value.rows, weight.rows), rows: x.rows)
    guard isTraining else {
      weights.forward(x.value, into: y.value)
      for row in 0..<y.value.rows {
        applyBiasedGelu(bias: shift, to: y.value.row(row), count: weight.rows)
      }
      return y
    }
    let slopes = pool.uninitialized(x.value.rows, weight.rows)
    weights.forward(x.value, into: slopes)
    for row in 0..<slopes.rows {
      biasedGelu(slopes.row(row), bias: shift, into: y.value.row(row), count: weight.rows)
    }
    record(y) { dy, gradients in
      multiply(dy.pointer, by: slopes.pointer, count: dy.count)
      gradients.addProduct(dy, x.value, rows: x.rows, to: weight)
      gradients.addColumnSums(dy, rows: x.rows, to: bias)
      weights.backward(dy, into: x.gradient, adding: true)
    }
    return y
  }
}
