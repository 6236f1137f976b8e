import Kernels

/// Weights packed in panels for tercet's own kernels, which give the same bits on every CPU.
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

  func multiply(_ x: ProductOperand, into y: Matrix, adding: Bool) {
    guard case .float32(let x) = x else {
      preconditionFailure("an operand that is rounded or in panels")
    }
    let operands = PanelOperands(
      a: x.start, aRow: x.stride, aStep: 1, b: panels.start, bPanel: panelWidth * inner,
      y: y.start, yRow: y.stride)
    Products.multiply(operands, rows: x.rows, inner: inner, columns: columns, adding: adding)
  }
}
