import Kernels
import Tensors

extension Tape {
  /// `y = a + b`, all of one shape.
  public func sum(_ a: Variable, _ b: Variable) -> Variable { sum(a, b, times: 1) }

  /// `y = (a + b) / 2`, all of one shape.
  public func average(_ a: Variable, _ b: Variable) -> Variable { sum(a, b, times: 0.5) }

  private func sum(_ a: Variable, _ b: Variable, times factor: Float) -> Variable {
    precondition(
      a.value.rows == b.value.rows && a.value.columns == b.value.columns,
      "sum of \(a.value.rows)×\(a.value.columns) and \(b.value.rows)×\(b.value.columns)")
    precondition(a.rows.matches(b.rows), "a sum of rows of other sentences")
    let y = variable(pool.uninitialized(a.value.rows, a.value.columns), rows: a.rows)
    y.value.assign(a.value)
    add(b.value.pointer, to: y.value.pointer, count: y.value.count)
    if factor != 1 { scale(y.value.pointer, by: factor, count: y.value.count) }
    record(y) { dy, _ in
      add(dy.pointer, times: factor, to: a.gradient.pointer, count: dy.count)
      add(dy.pointer, times: factor, to: b.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = factor · x`.
  public func scaled(_ x: Variable, by factor: Float) -> Variable {
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns), rows: x.rows)
    y.value.assign(x.value)
    scale(y.value.pointer, by: factor, count: y.value.count)
    record(y) { dy, _ in
      add(dy.pointer, times: factor, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = activation(x)`, element by element.
  package func activated(_ x: Variable, _ activation: Activation) -> Variable {
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns), rows: x.rows)
    y.value.assign(x.value)
    apply(activation, to: y.value.pointer, count: y.value.count)
    record(y) { dy, _ in
      addSlopeProduct(
        activation, value: y.value.pointer, dy.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = x + b` for every row.
  public func biased(_ x: Variable, _ bias: Parameter) -> Variable {
    precondition(bias.count == x.value.columns, "\(bias.count) biases for \(x.value.columns)")
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns), rows: x.rows)
    y.value.assign(x.value)
    addRow(values(bias).pointer, to: y.value.pointer, rows: y.value.rows, columns: y.value.columns)
    record(y) { dy, gradients in
      gradients.addColumnSums(dy, rows: x.rows, to: bias)
      add(dy.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = x ⊙ factors` with constant factors, such as a dropout mask.
  public func multiplied(_ x: Variable, by factors: Matrix) -> Variable {
    precondition(
      factors.rows == x.value.rows && factors.columns == x.value.columns,
      "factors \(factors.rows)×\(factors.columns) for \(x.value.rows)×\(x.value.columns)")
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns), rows: x.rows)
    multiply(x.value.pointer, factors.pointer, into: y.value.pointer, count: y.value.count)
    record(y) { dy, _ in
      addProduct(dy.pointer, factors.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

}
