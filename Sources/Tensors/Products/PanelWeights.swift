import Kernels

/// Packed weights for tercet's own products, which give the same bits on every CPU.
final class PanelWeights: PackedWeights, @unchecked Sendable {
  let isTransposed: Bool
  let count: Int
  private let values: Matrix
  private let inner: Int
  private let columns: Int
  private var panels: Slab

  init(_ values: Matrix, transposed: Bool) {
    (inner, columns) =
      transposed ? (values.columns, values.rows) : (values.rows, values.columns)
    isTransposed = transposed
    self.values = values
    count = inner * ((columns + panelWidth - 1) / panelWidth) * panelWidth
    panels = Slab(count: count)
    pack()
  }

  func move(to slab: Slab) {
    precondition(slab.count >= count, "\(count) floats in \(slab.count)")
    panels = slab
  }

  func pack() {
    let (step, column) = isTransposed ? (1, values.stride) : (values.stride, 1)
    packPanels(
      values.start, step: step, column: column, inner: inner, columns: columns,
      into: panels.start)
  }

  func multiply(_ x: ProductRows, into y: Matrix, adding: Bool) {
    guard case .float32(let x) = x else {
      preconditionFailure("rows that are rounded or in panels")
    }
    let operands = PanelOperands(
      a: x.start, aRow: x.stride, aStep: 1, b: panels.start, bPanel: panelWidth * inner,
      y: y.start, yRow: y.stride)
    Products.multiply(operands, rows: x.rows, inner: inner, columns: columns, adding: adding)
  }
}

extension Products {
  /// `Y = A·B`, or `Y += A·B`, by tercet's own products, a run of rows at a time.
  static func multiply(
    _ operands: PanelOperands, rows: Int, inner: Int, columns: Int, adding: Bool
  ) {
    let room = ProductWorkspace.floats(panelRoom(rows: min(rows, mostRows)))
    for run in runs(of: rows) {
      multiplyPanels(
        operands.from(row: run.lowerBound), rows: run.count, inner: inner, columns: columns,
        adding: adding, room: room)
    }
  }
}
