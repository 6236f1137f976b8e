import Kernels

extension ProductOperand {
  /// A matrix `[rows, columns]` that lies in panels of columns, each panel row by row.
  public struct Panels {
    let rows: Int
    let columns: Int
    private let storage: Storage
    let start: UnsafeMutablePointer<Float>
    /// Floats from one panel to the next.
    let panelStride: Int

    init(_ pool: MatrixPool, rows: Int, columns: Int) {
      let panels = (columns + panelWidth - 1) / panelWidth
      let floats = pool.uninitialized(panels, rows * panelWidth)
      self.rows = rows
      self.columns = columns
      storage = floats.storage
      start = floats.start
      panelStride = rows * panelWidth
    }

    private init(rows: Range<Int>, of whole: Panels) {
      self.rows = rows.count
      columns = whole.columns
      storage = whole.storage
      start = whole.start + rows.lowerBound * panelWidth
      panelStride = whole.panelStride
    }

    /// The part of the rows `range`.
    func rows(_ range: Range<Int>) -> Panels {
      precondition(0 <= range.lowerBound && range.upperBound <= rows, "rows \(range) of \(rows)")
      return Panels(rows: range, of: self)
    }

    /// - Parameter values: as many as there are columns.
    func set(_ row: Int, to values: UnsafePointer<Float>) {
      precondition(0 <= row && row < rows, "row \(row) of \(rows)")
      setPanelRow(start + row * panelWidth, panelStride, to: values, columns: columns)
    }

    func clear(_ row: Int) {
      precondition(0 <= row && row < rows, "row \(row) of \(rows)")
      clearPanelRow(start + row * panelWidth, panelStride, columns: columns)
    }
  }
}
