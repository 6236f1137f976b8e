/// A row-major matrix of float32, `[rows, columns]`; a vector is a matrix of one row.
///
/// A matrix *refers* to its elements: a copy, or a part that ``rows(_:)`` or ``columns(_:)`` cuts out,
/// sees and changes the same ones. Memory comes from a ``MatrixPool`` or a ``Slab`` and goes back when
/// the last matrix that refers to it is gone.
public struct Matrix {
  public let rows: Int
  public let columns: Int
  /// Floats from one row to the next; more than ``columns`` in a part of a wider matrix.
  public let stride: Int
  let memory: Storage
  let start: UnsafeMutablePointer<Float>

  init(rows: Int, columns: Int, stride: Int, memory: Storage, start: UnsafeMutablePointer<Float>) {
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.memory = memory
    self.start = start
  }

  public var count: Int { rows * columns }
  public var isContiguous: Bool { stride == columns || rows <= 1 }

  /// The first element, for one call of a kernel: memory that nothing refers to any more goes back to
  /// its pool, and stays as it is until the next matrix is taken from there.
  ///
  /// - Precondition: the rows lie end to end.
  package var pointer: UnsafeMutablePointer<Float> {
    precondition(isContiguous, "a part of columns, \(rows)×\(columns) of stride \(stride)")
    return start
  }

  /// The first element of a row, for a kernel.
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    precondition(0 <= index && index < rows, "row \(index) of \(rows)")
    return start + index * stride
  }

  /// The part of the rows `range`.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(0 <= range.lowerBound && range.upperBound <= rows, "rows \(range) of \(rows)")
    return Matrix(
      rows: range.count, columns: columns, stride: stride, memory: memory,
      start: start + range.lowerBound * stride)
  }

  /// The part of the columns `range`.
  public func columns(_ range: Range<Int>) -> Matrix {
    precondition(
      0 <= range.lowerBound && range.upperBound <= columns, "columns \(range) of \(columns)")
    return Matrix(
      rows: rows, columns: range.count, stride: stride, memory: memory,
      start: start + range.lowerBound)
  }

  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(0 <= column && column < columns, "column \(column) of \(columns)")
      return self.row(row)[column]
    }
    nonmutating set {
      precondition(0 <= column && column < columns, "column \(column) of \(columns)")
      self.row(row)[column] = newValue
    }
  }

  /// Copies all elements of `other`, which has the same shape.
  public func assign(_ other: Matrix) {
    precondition(
      rows == other.rows && columns == other.columns,
      "assign \(other.rows)×\(other.columns) to \(rows)×\(columns)")
    for r in 0..<rows { row(r).update(from: other.row(r), count: columns) }
  }

  public func fill(_ value: Float) {
    for r in 0..<rows { row(r).update(repeating: value, count: columns) }
  }

  /// The elements, row by row.
  public var elements: [Float] {
    (0..<rows).flatMap { Array(UnsafeBufferPointer(start: row($0), count: columns)) }
  }
}
