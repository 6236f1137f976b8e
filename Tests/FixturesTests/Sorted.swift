import Autodiff
import Tensors

/// The sentences of a fixture, longest first, and the way back to the fixture's order.
struct Sorted {
  /// The fixture's index of each sorted sentence.
  let order: [Int]
  let layout: SequenceLayout

  init(_ lengths: [Int]) {
    order = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    layout = SequenceLayout(lengths: order.map { lengths[$0] })
  }

  var count: Int { order.count }

  /// Values of sorted sentences in the fixture's order.
  func restore<T>(_ values: [T]) -> [T] {
    zip(order, values).sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Values of each sorted sentence, padded to `time` with `filler`, in the fixture's order.
  func pad<T>(_ values: [[T]], time: Int, filler: T) -> [T] {
    restore(values).flatMap { $0 + [T](repeating: filler, count: time - $0.count) }
  }

  /// A padded array `[sentences, time, width]` as packed rows.
  func pack(_ padded: [Float], time: Int, width: Int, _ tape: Tape) -> Matrix {
    let packed = tape.pool.uninitialized(layout.rows, width)
    for (sorted, original) in order.enumerated() {
      for position in 0..<layout.lengths[sorted] {
        let row = layout.row(sentence: sorted, position: position)
        for k in 0..<width { packed[row, k] = padded[(original * time + position) * width + k] }
      }
    }
    return packed
  }

  /// Packed rows as a padded array `[sentences, time, width]`, zeros where there is no token.
  func unpack(_ packed: Matrix, time: Int) -> [Float] {
    let width = packed.columns
    var padded = [Float](repeating: 0, count: count * time * width)
    for (sorted, original) in order.enumerated() {
      for position in 0..<layout.lengths[sorted] {
        let row = layout.row(sentence: sorted, position: position)
        for k in 0..<width { padded[(original * time + position) * width + k] = packed[row, k] }
      }
    }
    return padded
  }

  /// Rows of sorted sentences, in the fixture's order.
  func restoreRows(_ matrix: Matrix) -> [Float] {
    restore((0..<matrix.rows).map { matrix.rows($0..<$0 + 1).elements }).flatMap { $0 }
  }
}

extension Matrix {
  func assign(elements: [Float]) {
    precondition(elements.count == count, "\(elements.count) for \(rows)×\(columns)")
    for (i, value) in elements.enumerated() { self[i / columns, i % columns] = value }
  }
}
