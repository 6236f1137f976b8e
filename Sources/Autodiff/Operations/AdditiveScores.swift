import Kernels
import Tensors

extension Tape {
  /// Additive scores of a sentence's tokens, `s_i = w · f(q + k_i) + b`: the copy scorer of CopyMTL in
  /// its factored form (Copy/README.md 3.1), and attention with an inner function.
  ///
  /// Steps with the same keys add up their gradients with respect to the keys.
  ///
  /// - Parameters:
  ///   - query: `q`, `[sentences, width]`.
  ///   - keys: `k`, `[tokens, width]`, in the rows of `layout`.
  ///   - weight: `w`, `[1, width]`; ones when `nil`.
  ///   - bias: `b`, `[1, 1]`; zero when `nil`.
  /// - Returns: `s`, `[tokens, 1]`.
  package func additiveScores(
    query: Variable, keys: Variable, weight: Parameter?, bias: Parameter?,
    function: Activation, layout: SequenceLayout
  ) -> Variable {
    let width = keys.value.columns
    precondition(
      query.value.columns == width && query.value.rows == layout.sentences
        && keys.value.rows == layout.rows && weight.map { $0.count == width } ?? true,
      "scores of \(layout.rows) tokens, width \(width)")
    let ones = weight == nil ? pool.matrix(1, width, [Float](repeating: 1, count: width)) : nil
    let weights = weight.map { values($0) } ?? ones ?? pool.zeros(1, width)
    let offset = bias.map { values($0)[0, 0] } ?? 0
    let inner = innerSums(query: query.value, keys: keys.value, layout: layout)
    apply(function, to: inner.pointer, count: inner.count)
    let scores = variable(pool.uninitialized(layout.rows, 1), rows: keys.rows)
    products.multiply(rowsOf: inner, by: weights, into: scores.value)
    for row in 0..<layout.rows { scores.value.pointer[row] += offset }
    record(scores) { ds, gradients in
      if let bias { gradients.addColumnSums(ds, rows: keys.rows, to: bias) }
      if let weight { gradients.addProduct(ds, inner, rows: keys.rows, to: weight) }
      let (dq, dk) = (query.gradient, keys.gradient)
      let slope = self.pool.uninitialized(1, width)
      for step in 0..<layout.steps {
        for (sentence, row) in layout.rows(at: step).enumerated() {
          slope.fill(0)
          addSlopeProduct(
            function, value: inner.row(row), weights.pointer, to: slope.pointer, count: width)
          add(slope.pointer, times: ds.pointer[row], to: dq.row(sentence), count: width)
          add(slope.pointer, times: ds.pointer[row], to: dk.row(row), count: width)
        }
      }
    }
    return scores
  }

  /// `q + k_i` of every token.
  private func innerSums(query: Matrix, keys: Matrix, layout: SequenceLayout) -> Matrix {
    let sums = pool.uninitialized(keys.rows, keys.columns)
    sums.assign(keys)
    for step in 0..<layout.steps {
      let rows = layout.rows(at: step)
      // The rows of a time step are those of the first sentences, in order.
      add(query.pointer, to: sums.row(rows.lowerBound), count: rows.count * keys.columns)
    }
    return sums
  }
}
