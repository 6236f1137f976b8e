import Tensors

/// A value on a tape, and the gradient of the loss with respect to it once an operation needs it.
public final class Variable {
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

  /// The gradient, of the value's shape; zeros until an operation has added to it.
  public var gradient: Matrix {
    if let stored { return stored }
    let zeros = pool.zeros(value.rows, value.columns)
    stored = zeros
    return zeros
  }

  /// Whether any operation behind this value has asked for its gradient; where none has, the value
  /// cannot move the loss and its own operation has nothing to do.
  public var hasGradient: Bool { stored != nil }
}
