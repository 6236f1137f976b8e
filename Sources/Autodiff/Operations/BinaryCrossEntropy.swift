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
  /// - Parameters:
  ///   - cells: the elements with y = 1, without repeats; y is 0 elsewhere.
  ///   - blocks: rows of one sentence each that are summed together, all rows in order; each row alone when `nil`. The
  ///     sum's rounding depends on them, so they must be those of a sentence alone.
  public func addBinaryCrossEntropy(
    _ logits: Variable, cells: [Cell], blocks: [Range<Int>]? = nil, to loss: LossTerm
  ) {
    let (x, width) = (logits.value, logits.value.columns)
    let slopes = pool.uninitialized(x.rows, width)
    slopes.assign(x)
    let workspace = pool.uninitialized(1, logisticLossWidth)
    for block in blocks ?? (0..<x.rows).map({ $0..<$0 + 1 }) {
      let sum = logisticLoss(
        slopes.row(block.lowerBound), count: block.count * width, workspace: workspace.pointer)
      loss.add(Float(sum), sentence: logits.rows.sentence(of: block.lowerBound))
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
