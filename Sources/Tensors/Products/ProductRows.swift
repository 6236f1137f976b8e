import Kernels

/// A matrix as products read it.
public enum ProductRows {
  case float32(Matrix)
  case bfloat16(BFloatMatrix)
  /// As tercet's own products read a second operand.
  case panels(PanelMatrix)

  public var rows: Int {
    switch self {
    case .float32(let matrix): matrix.rows
    case .bfloat16(let matrix): matrix.rows
    case .panels(let matrix): matrix.rows
    }
  }

  public var columns: Int {
    switch self {
    case .float32(let matrix): matrix.columns
    case .bfloat16(let matrix): matrix.columns
    case .panels(let matrix): matrix.columns
    }
  }

  /// The part of the rows `range`.
  public func rows(_ range: Range<Int>) -> ProductRows {
    switch self {
    case .float32(let matrix): .float32(matrix.rows(range))
    case .bfloat16(let matrix): .bfloat16(matrix.rows(range))
    case .panels(let matrix): .panels(matrix.rows(range))
    }
  }

  /// Makes a row that of another matrix, rounded where this one is.
  public func set(_ row: Int, to other: Int, of source: ProductRows) {
    precondition(source.columns == columns, "a row of \(source.columns) for one of \(columns)")
    switch (source, self) {
    case (.float32(let source), .float32(let target)):
      target.row(row).update(from: source.row(other), count: target.columns)
    case (.float32(let source), .bfloat16(let target)):
      round(source.row(other), toBFloat16: target.row(row), count: target.columns)
    case (.float32(let source), .panels(let target)): target.set(row, to: source.row(other))
    case (.bfloat16(let source), .bfloat16(let target)):
      target.row(row).update(from: source.row(other), count: target.columns)
    case (.panels, _), (.bfloat16, _):
      preconditionFailure("rows that are rounded or in panels for others")
    }
  }

  /// Makes a row zeros.
  public func clear(_ row: Int) {
    switch self {
    case .float32(let matrix): matrix.row(row).update(repeating: 0, count: matrix.columns)
    case .bfloat16(let matrix): matrix.row(row).update(repeating: 0, count: matrix.columns)
    case .panels(let matrix): matrix.clear(row)
    }
  }
}

/// What an operand of a weight's gradient, `dyᵀ x`, is.
public enum GradientOperand {
  /// `dy`, the gradient of the outputs.
  case outputs
  /// `x`.
  case inputs

  /// Whether products read a matrix as it is.
  public func isPlain(_ precision: Precision) -> Bool {
    precision == .float32 && (self == .outputs || Products.usesOneDNN)
  }
}

extension MatrixPool {
  /// Room for an operand of ``Weight/gradient(of:outputs:_:rows:into:adding:)``, whose rows are then set.
  public func uninitialized(
    _ operand: GradientOperand, rows: Int, columns: Int, precision: Precision
  ) -> ProductRows {
    if operand.isPlain(precision) { return .float32(uninitialized(rows, columns)) }
    return precision == .bfloat16
      ? .bfloat16(uninitializedBFloat(rows, columns))
      : .panels(PanelMatrix(self, rows: rows, columns: columns))
  }
}

/// A matrix `[rows, columns]` that lies in panels of columns, those of a panel row by row: the second operand
/// of tercet's own products. Like ``Matrix`` it refers to its elements.
public struct PanelMatrix {
  public let rows: Int
  public let columns: Int
  private let memory: Storage
  let start: UnsafeMutablePointer<Float>
  /// Floats from one panel to the next.
  let panelStride: Int

  init(_ pool: MatrixPool, rows: Int, columns: Int) {
    let panels = (columns + panelWidth - 1) / panelWidth
    let floats = pool.uninitialized(panels, rows * panelWidth)
    self.rows = rows
    self.columns = columns
    memory = floats.memory
    start = floats.start
    panelStride = rows * panelWidth
  }

  private init(rows: Range<Int>, of whole: PanelMatrix) {
    self.rows = rows.count
    columns = whole.columns
    memory = whole.memory
    start = whole.start + rows.lowerBound * panelWidth
    panelStride = whole.panelStride
  }

  /// The part of the rows `range`.
  func rows(_ range: Range<Int>) -> PanelMatrix {
    precondition(0 <= range.lowerBound && range.upperBound <= rows, "rows \(range) of \(rows)")
    return PanelMatrix(rows: range, of: self)
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
