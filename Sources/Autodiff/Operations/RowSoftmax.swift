import Kernels
import Tensors

extension Tape {
  /// `y = softmax(x)`, row by row.
  package func softmaxRows(_ x: Variable) -> Variable {
    let y = variable(pool.uninitialized(x.value.rows, x.value.columns), rows: x.rows)
    y.value.assign(x.value)
    for row in 0..<y.value.rows { _ = softmax(y.value.row(row), count: y.value.columns) }
    record(y) { dy, _ in
      let slope = self.pool.uninitialized(1, dy.columns)
      for row in 0..<dy.rows {
        let (p, d) = (y.value.row(row), dy.row(row))
        multiply(p, d, into: slope.pointer, count: dy.columns)
        add(p, times: -dot(p, d, count: dy.columns), to: slope.pointer, count: dy.columns)
        add(slope.pointer, to: x.gradient.row(row), count: dy.columns)
      }
    }
    return y
  }

  /// Adds `−log softmax(x)[target]` of each row to the loss of the row's sentence.
  ///
  /// - Parameters:
  ///   - x: scores, `[rows, classes]`.
  ///   - targets: a class for each row.
  package func addCrossEntropy(rowsOf x: Variable, targets: [Int], to loss: LossTerm) {
    precondition(targets.count == x.value.rows, "\(targets.count) targets, \(x.value.rows) rows")
    let classes = x.value.columns
    let probabilities = pool.uninitialized(x.value.rows, classes)
    probabilities.assign(x.value)
    for (row, target) in targets.enumerated() {
      precondition(0..<classes ~= target, "class \(target) of \(classes)")
      let total = softmax(probabilities.row(row), count: classes)
      loss.add(total - x.value.row(row)[target], sentence: x.rows.sentence(of: row))
    }
    record { _ in
      for (row, target) in targets.enumerated() {
        let gradient = probabilities.row(row)
        gradient[target] -= 1
        add(gradient, times: loss.gradientScale, to: x.gradient.row(row), count: classes)
      }
    }
  }
}
