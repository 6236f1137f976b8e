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

  /// Adds `−w log softmax(x)[target]` of each row to the loss of the row's sentence.
  ///
  /// - Parameters:
  ///   - x: scores, `[rows, classes]`.
  ///   - targets: a class for each row.
  ///   - weights: `w` of each row; 1 when `nil`. A row of weight 0 has neither loss nor gradient.
  package func addCrossEntropy(
    rowsOf x: Variable, targets: [Int], weights: [Float]? = nil, to loss: LossTerm
  ) {
    let classes = x.value.columns
    precondition(
      targets.count == x.value.rows && weights.map { $0.count == targets.count } ?? true
        && targets.allSatisfy { 0..<classes ~= $0 },
      "\(targets.count) targets of \(classes) classes for \(x.value.rows) rows")
    let counted = targets.indices.filter { weights?[$0] != 0 }
    let probabilities = pool.uninitialized(counted.count, classes)
    for (place, row) in counted.enumerated() {
      let p = probabilities.row(place)
      p.update(from: x.value.row(row), count: classes)
      let total = softmax(p, count: classes)
      loss.add(
        (weights?[row] ?? 1) * (total - x.value.row(row)[targets[row]]),
        sentence: x.rows.sentence(of: row))
    }
    record { _ in
      for (place, row) in counted.enumerated() {
        let gradient = probabilities.row(place)
        gradient[targets[row]] -= 1
        add(
          gradient, times: (weights?[row] ?? 1) * loss.gradientScale, to: x.gradient.row(row),
          count: classes)
      }
    }
  }
}
