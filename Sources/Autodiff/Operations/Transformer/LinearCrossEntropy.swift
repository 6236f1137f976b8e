import Kernels
import Tensors

extension Tape {
  /// Adds `−log softmax(x Wᵀ + b)[target]` of each row to the loss of the row's sentence. Of the scores of many classes one
  /// matrix is kept, which becomes their gradient.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`.
  ///   - weight: `[classes, in]`; may be a table of vectors that is looked up too.
  ///   - bias: `[classes]`.
  ///   - targets: a class for each row.
  public func addCrossEntropy(
    _ x: Variable, through weight: Parameter, bias: Parameter, targets: [Int], to loss: LossTerm
  ) {
    let (weights, shift) = (self.weight(values(weight)), values(bias).pointer)
    precondition(targets.count == x.value.rows, "\(targets.count) targets, \(x.value.rows) rows")
    let scores = pool.uninitialized(x.value.rows, weight.rows)
    weights.forward(x.value, into: scores)
    for (row, target) in targets.enumerated() {
      let p = scores.row(row)
      add(shift, to: p, count: weight.rows)
      let gold = scores[row, target]
      loss.add(softmax(p, count: weight.rows) - gold, sentence: x.rows.sentence(of: row))
    }
    record { gradients in
      for (row, target) in targets.enumerated() { scores[row, target] -= 1 }
      scale(scores.pointer, by: loss.gradientScale, count: scores.count)
      gradients.addProduct(scores, x.value, rows: x.rows, to: weight)
      gradients.addColumnSums(scores, rows: x.rows, to: bias)
      weights.backward(scores, into: x.gradient, adding: true)
    }
  }
}
