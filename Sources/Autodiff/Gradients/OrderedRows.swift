import Kernels
import Tensors

/// An operand of a gradient's product: rows shard by shard, each put in its place as soon as it is known, in
/// the precision of products. Whoever makes a row has it in cache; later it would have to be fetched.
struct OrderedRows {
  let values: ProductOperand
  let order: RowOrder

  /// - Parameter order: the one that the rows are to have.
  init(_ values: ProductOperand, _ order: RowOrder) {
    precondition(values.rows == order.count, "\(values.rows) rows in an order of \(order.count)")
    self.values = values
    self.order = order
  }

  /// Puts some rows in their places.
  ///
  /// - Parameter first: the row that the source begins with.
  func set(_ source: ProductOperand, from first: Int) {
    for r in 0..<source.rows { values.set(order.place(of: first + r), to: r, of: source) }
  }

  /// Puts zeros in the places of some rows.
  func clear(_ rows: Range<Int>) {
    for row in rows { values.clear(order.place(of: row)) }
  }
}
