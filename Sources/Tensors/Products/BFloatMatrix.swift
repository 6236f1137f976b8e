import Kernels

/// A row-major matrix of bfloat16, `[rows, columns]`, without gaps between rows; like ``Matrix`` it refers to its
/// elements.
public struct BFloatMatrix {
  /// Number of rows.
  public let rows: Int
  /// Number of columns, and of elements from row to row.
  public let columns: Int
  private let storage: Storage
  let start: UnsafeMutablePointer<UInt16>

  init(_ pool: MatrixPool, rows: Int, columns: Int) {
    let floats = pool.uninitialized(1, (rows * columns + 1) / 2)
    self.rows = rows
    self.columns = columns
    storage = floats.storage
    start = UnsafeMutableRawPointer(floats.start).assumingMemoryBound(to: UInt16.self)
  }

  private init(rows: Int, of whole: BFloatMatrix, from first: Int) {
    self.rows = rows
    columns = whole.columns
    storage = whole.storage
    start = whole.start + first * whole.columns
  }

  /// The part of the rows `range`.
  public func rows(_ range: Range<Int>) -> BFloatMatrix {
    precondition(0 <= range.lowerBound && range.upperBound <= rows, "rows \(range) of \(rows)")
    return BFloatMatrix(rows: range.count, of: self, from: range.lowerBound)
  }

  /// The first element of a row, for a kernel.
  package func row(_ index: Int) -> UnsafeMutablePointer<UInt16> {
    precondition(0 <= index && index < rows, "row \(index) of \(rows)")
    return start + index * columns
  }

  /// Copies all elements of `other`, which has the same shape, rounded to nearest, ties to even.
  public func assign(_ other: Matrix) {
    precondition(
      rows == other.rows && columns == other.columns,
      "round \(other.rows)×\(other.columns) to \(rows)×\(columns)")
    for r in 0..<rows { round(other.row(r), toBFloat16: row(r), count: columns) }
  }
}

extension MatrixPool {
  /// An uninitialised matrix of bfloat16; the caller must write every element.
  package func uninitializedBFloat(_ rows: Int, _ columns: Int) -> BFloatMatrix {
    BFloatMatrix(self, rows: rows, columns: columns)
  }
}
