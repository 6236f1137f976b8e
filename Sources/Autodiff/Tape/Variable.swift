import Tensors

/// A value on a tape and the gradient of the loss with respect to the value.
public final class Variable {
  /// The result of the operation, `[rows, columns]`.
  public let value: Matrix
  /// The sentence of each row.
  public let rows: RowMap
  private let pool: MatrixPool
  private var stored: Matrix?

  init(_ value: Matrix, rows: RowMap, gradient: Matrix? = nil, pool: MatrixPool) {
    precondition(rows.count == value.rows, "a map of \(rows.count) rows for \(value.rows)")
    self.value = value
    self.rows = rows
    stored = gradient
    self.pool = pool
  }

  /// The gradient, of the value's shape; allocated as zeros at the first access.
  public var gradient: Matrix {
    if let stored { return stored }
    let zeros = pool.zeros(value.rows, value.columns)
    stored = zeros
    return zeros
  }

  /// Whether a later operation has accessed the gradient. If not, the value has no influence on the
  /// loss, and its own pullback is skipped.
  public var hasGradient: Bool { stored != nil }
}
