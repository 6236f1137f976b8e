import Kernels
import Tensors

/// An operand of a gradient's product: rows grouped by shard, in the precision of products. An
/// operation stores each row at once, while the row is in cache.
struct OrderedRows {
  let values: ProductOperand
  let order: RowOrder

  /// - Parameter order: the place of each row.
  init(_ values: ProductOperand, _ order: RowOrder) {
    precondition(values.rows == order.count, "\(values.rows) rows in an order of \(order.count)")
    self.values = values
    self.order = order
  }

  /// Stores the rows of `source` at their places.
  ///
  /// - Parameter first: the index of the source's first row.
  func set(_ source: ProductOperand, from first: Int) {
    for r in 0..<source.rows { values.set(order.place(of: first + r), to: r, of: source) }
  }

  /// Stores zeros at the places of some rows.
  func clear(_ rows: Range<Int>) {
    for row in rows { values.clear(order.place(of: row)) }
  }
}
