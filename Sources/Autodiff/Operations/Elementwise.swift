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
    let y = variable(pool.uninitialized(x.value.rows, weight.rows))
    weights.forward(x.value, into: y.value)
    if let bias {
      addRow(values(bias).pointer, to: y.value.pointer, rows: y.value.rows, columns: weight.rows)
    }
    record(y) { dy, gradients in
      gradients.addProduct(dy, x.value, to: weight, inputs: part)
      if let bias { gradients.addColumnSums(dy, to: bias) }
      weights.backward(dy, into: x.gradient, adding: true)
    }
    return y
  }

  /// `y = a + b`, both of one shape.
  public func sum(_ a: Variable, _ b: Variable) -> Variable { sum(a, b, times: 1) }

  /// `y = (a + b) / 2`, both of one shape.
  public func average(_ a: Variable, _ b: Variable) -> Variable { sum(a, b, times: 0.5) }

  private func sum(_ a: Variable, _ b: Variable, times factor: Float) -> Variable {
    precondition(
      a.value.rows == b.value.rows && a.value.columns == b.value.columns,
      "sum of \(a.value.rows)×\(a.value.columns) and \(b.value.rows)×\(b.value.columns)")
    let y = variable(pool.uninitialized(a.value.rows, a.value.columns))
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
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns))
    y.value.assign(x.value)
    scale(y.value.pointer, by: factor, count: y.value.count)
    record(y) { dy, _ in
      add(dy.pointer, times: factor, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = activation(x)`, element by element.
  package func activated(_ x: Variable, _ activation: Activation) -> Variable {
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns))
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
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns))
    y.value.assign(x.value)
    addRow(values(bias).pointer, to: y.value.pointer, rows: y.value.rows, columns: y.value.columns)
    record(y) { dy, gradients in
      gradients.addColumnSums(dy, to: bias)
      add(dy.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = x ⊙ factors`, the factors being constants: dropout.
  public func multiplied(_ x: Variable, by factors: Matrix) -> Variable {
    precondition(
      factors.rows == x.value.rows && factors.columns == x.value.columns,
      "factors \(factors.rows)×\(factors.columns) for \(x.value.rows)×\(x.value.columns)")
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns))
    multiply(x.value.pointer, factors.pointer, into: y.value.pointer, count: y.value.count)
    record(y) { dy, _ in
      addProduct(dy.pointer, factors.pointer, to: x.gradient.pointer, count: dy.count)
    }
    return y
  }

  /// `y = [a ; b]`, row by row: `[rows, columns of a + columns of b]`.
  public func concatenated(_ a: Variable, _ b: Variable) -> Variable {
    precondition(a.value.rows == b.value.rows, "\(a.value.rows) rows beside \(b.value.rows)")
    let (left, right) = (a.value.columns, b.value.columns)
    let y = variable(pool.uninitialized(a.value.rows, left + right))
    y.value.columns(0..<left).assign(a.value)
    y.value.columns(left..<left + right).assign(b.value)
    record(y) { dy, _ in
      for r in 0..<dy.rows {
        add(dy.row(r), to: a.gradient.row(r), count: left)
        add(dy.row(r) + left, to: b.gradient.row(r), count: right)
      }
    }
    return y
  }

  /// Rows of `x` in the given order; a row may be taken any number of times.
  public func gathered(_ x: Variable, rows: [Int]) -> Variable {
    let width = x.value.columns
    let y = variable(pool.uninitialized(rows.count, width))
    for (r, source) in rows.enumerated() {
      y.value.row(r).update(from: x.value.row(source), count: width)
    }
    record(y) { dy, _ in
      for (r, source) in rows.enumerated() {
        add(dy.row(r), to: x.gradient.row(source), count: width)
      }
    }
    return y
  }

  /// Rows of a table of parameters, one for each id: an embedding.
  ///
  /// - Precondition: ids lie within the table.
  public func embedded(_ table: Parameter, _ ids: [Int]) -> Variable {
    let width = table.columns
    let source = values(table)
    let y = variable(pool.uninitialized(ids.count, width))
    for (r, id) in ids.enumerated() { y.value.row(r).update(from: source.row(id), count: width) }
    record(y) { dy, gradients in gradients.addLookups(dy, ids: ids, to: table) }
    return y
  }
}
