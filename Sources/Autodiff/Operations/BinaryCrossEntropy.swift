import Kernels
import Tensors

extension Tape {
  /// An element of a matrix of logits whose target is 1.
  public struct Cell: Hashable, Sendable {
    /// The row of the logits.
    public let row: Int
    /// The column of the logits.
    public let column: Int

    /// Makes the place of an element.
    public init(row: Int, column: Int) { (self.row, self.column) = (row, column) }
  }

  /// Adds the binary cross-entropy of every logit x to `loss`, `log(1 + eˣ) − y x`.
  ///
  /// - Parameter cells: the elements with y = 1, without repeats; y is 0 elsewhere.
  public func addBinaryCrossEntropy(_ logits: Variable, cells: [Cell], to loss: LossTerm) {
    let (x, width) = (logits.value, logits.value.columns)
    let slopes = pool.uninitialized(x.rows, width)
    slopes.assign(x)
    let workspace = pool.uninitialized(1, logisticLossWidth)
    for run in logits.rows.runs {
      let sum = logisticLoss(
        slopes.row(run.lowerBound), count: run.count * width, workspace: workspace.pointer)
      loss.add(Float(sum), sentence: logits.rows.sentence(of: run.lowerBound))
    }
    for cell in cells {
      loss.add(-x[cell.row, cell.column], sentence: logits.rows.sentence(of: cell.row))
      slopes[cell.row, cell.column] -= 1
    }
    record { _ in
      add(
        slopes.pointer, times: loss.gradientScale, to: logits.gradient.pointer, count: slopes.count)
    }
  }
}

extension RowMap {
  /// Rows of one sentence that follow each other.
  fileprivate var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    for row in 0..<count {
      if let last = runs.last, sentences[last.lowerBound] == sentences[row] {
        runs[runs.count - 1] = last.lowerBound..<row + 1
      } else {
        runs.append(row..<row + 1)
      }
    }
    return runs
  }
}
