/// A row-major matrix of float32, `[rows, columns]`; a vector is a matrix of one row.
///
/// A matrix *refers* to its elements: a copy, or a part cut out by ``rows(_:)`` or ``columns(_:)``, sees and
/// changes the same elements. Their memory belongs to a ``MatrixPool`` or a ``Slab``; a pool takes it back when
/// the last matrix on it is gone.
public struct Matrix {
  /// Number of rows.
  public let rows: Int
  /// Number of columns, at most ``stride``.
  public let columns: Int
  /// Floats from the start of one row to the start of the next; more than ``columns`` in a part of a wider matrix.
  public let stride: Int
  let storage: Storage
  let start: UnsafeMutablePointer<Float>

  init(rows: Int, columns: Int, stride: Int, storage: Storage, start: UnsafeMutablePointer<Float>) {
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.storage = storage
    self.start = start
  }

  /// Number of elements.
  public var count: Int { rows * columns }
  /// Whether the rows lie end to end, so that one pointer and ``count`` reach every element.
  public var isContiguous: Bool { stride == columns || rows <= 1 }

  /// The first element, for one call of a kernel. Nothing keeps the memory for longer: once no matrix refers to
  /// it, the pool may hand it to the next.
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
      rows: range.count, columns: columns, stride: stride, storage: storage,
      start: start + range.lowerBound * stride)
  }

  /// The part of the columns `range`.
  public func columns(_ range: Range<Int>) -> Matrix {
    precondition(
      0 <= range.lowerBound && range.upperBound <= columns, "columns \(range) of \(columns)")
    return Matrix(
      rows: rows, columns: range.count, stride: stride, storage: storage,
      start: start + range.lowerBound)
  }

  /// One element; traps outside the matrix.
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

  /// Sets every element; floats between the rows of a part stay.
  public func fill(_ value: Float) {
    for r in 0..<rows { row(r).update(repeating: value, count: columns) }
  }

  /// The elements, row by row.
  public var elements: [Float] {
    (0..<rows).flatMap { Array(UnsafeBufferPointer(start: row($0), count: columns)) }
  }
}
