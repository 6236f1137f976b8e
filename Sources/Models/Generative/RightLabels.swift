import Autodiff
import Kernels
import Tensors

extension LossTerm {
  /// Counts the rows whose largest logit is that of their target; those without a target count for nothing.
  ///
  /// - Parameters:
  ///   - logits: `[rows, labels]`, rows of the term's sentences.
  ///   - targets: a label for each row; `nil` for a row that is not asked.
  func addRight(rowsOf logits: Variable, targets: [Int?]) {
    for (row, target) in targets.enumerated() where target != nil {
      let best = indexOfLargest(logits.value.row(row), count: logits.value.columns)
      if best == target { add(1, sentence: logits.rows.sentence(of: row)) }
    }
  }
}
