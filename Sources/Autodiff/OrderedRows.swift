import Kernels
import Tensors

/// An operand of a gradient's product: rows shard by shard, each put in its place as soon as it is known, in
/// the precision of products. Whoever makes a row has it in cache; later it would have to be fetched.
final class OrderedRows {
  let values: ProductRows
  /// Where each shard's rows begin and end.
  let bounds: [Int]
  /// The place of each row; as they come where `nil`.
  private let places: [Int]?

  /// - Parameter order: the rows in the order that they are to have; `nil` for the one that they come in.
  init(_ values: ProductRows, order: [Int]?, bounds: [Int]) {
    self.values = values
    self.bounds = bounds
    places = order.map { order in
      var places = [Int](repeating: 0, count: order.count)
      for (place, row) in order.enumerated() { places[row] = place }
      return places
    }
  }

  private func place(_ row: Int) -> Int { places.map { $0[row] } ?? row }

  /// Puts some rows in their places.
  ///
  /// - Parameter first: the row that the source begins with.
  func set(_ source: ProductRows, from first: Int) {
    for r in 0..<source.rows { values.set(place(first + r), to: r, of: source) }
  }

  /// Puts zeros in the places of some rows.
  func clear(_ rows: Range<Int>) {
    for row in rows { values.clear(place(row)) }
  }
}
