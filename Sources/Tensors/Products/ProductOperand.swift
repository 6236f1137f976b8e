import Kernels

/// A matrix `[rows, columns]` in the form in which a product reads it. Like ``Matrix`` it refers to its
/// elements.
public enum ProductOperand {
  /// As it is.
  case float32(Matrix)
  /// Rounded.
  case bfloat16(BFloatMatrix)
  /// In panels of columns: the second operand of tercet's own kernels.
  case panels(Panels)

  /// The side of a weight's gradient, `dyᵀ x`, that an operand is on.
  public enum Role: Sendable {
    /// `dy`, the gradient of the outputs.
    case outputs
    /// `x`.
    case inputs

    /// Whether products read a matrix of this role as it is.
    public func isPlain(for products: Products) -> Bool {
      products.precision == .float32 && (self == .outputs || products.library != .panels)
    }
  }

  /// Number of rows.
  public var rows: Int {
    switch self {
    case .float32(let matrix): matrix.rows
    case .bfloat16(let matrix): matrix.rows
    case .panels(let matrix): matrix.rows
    }
  }

  /// Number of columns.
  public var columns: Int {
    switch self {
    case .float32(let matrix): matrix.columns
    case .bfloat16(let matrix): matrix.columns
    case .panels(let matrix): matrix.columns
    }
  }

  /// The part of the rows `range`.
  public func rows(_ range: Range<Int>) -> ProductOperand {
    switch self {
    case .float32(let matrix): .float32(matrix.rows(range))
    case .bfloat16(let matrix): .bfloat16(matrix.rows(range))
    case .panels(let matrix): .panels(matrix.rows(range))
    }
  }

  /// Makes a row that of another matrix, rounded where this one is.
  public func set(_ row: Int, to other: Int, of source: ProductOperand) {
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

extension MatrixPool {
  /// An operand of ``Products/gradient(of:outputs:_:rows:into:adding:)`` with rows of any content: the caller
  /// must set each of them.
  public func uninitialized(
    _ role: ProductOperand.Role, rows: Int, columns: Int, products: Products
  ) -> ProductOperand {
    if role.isPlain(for: products) { return .float32(uninitialized(rows, columns)) }
    return products.precision == .bfloat16
      ? .bfloat16(uninitializedBFloat(rows, columns))
      : .panels(ProductOperand.Panels(self, rows: rows, columns: columns))
  }
}
