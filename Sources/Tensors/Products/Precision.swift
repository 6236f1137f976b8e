import Kernels

/// The numbers that products multiply; sums, states and parameters are float32 in either case.
public enum Precision: String, Codable, Sendable, CaseIterable {
  case float32
  /// Eight bits of mantissa, rounded to nearest; products are summed in float32.
  case bfloat16

  /// Whether this machine multiplies such numbers faster than float32.
  public var isSupported: Bool {
    switch self {
    case .float32: true
    case .bfloat16: Products.multipliesBFloat16
    }
  }

  /// What a user is told where it is not supported.
  public var unsupportedNote: String {
    "\(rawValue) needs a CPU that multiplies it (avx512_bf16) and oneDNN; float32 is used"
  }
}

/// A row-major matrix of bfloat16, `[rows, columns]`; like ``Matrix`` it refers to its elements.
public struct BFloatMatrix {
  public let rows: Int
  public let columns: Int
  private let memory: Storage
  let start: UnsafeMutablePointer<UInt16>

  init(_ pool: MatrixPool, rows: Int, columns: Int) {
    let floats = pool.uninitialized(1, (rows * columns + 1) / 2)
    self.rows = rows
    self.columns = columns
    memory = floats.memory
    start = UnsafeMutableRawPointer(floats.start).assumingMemoryBound(to: UInt16.self)
  }

  private init(rows: Int, of whole: BFloatMatrix, from first: Int) {
    self.rows = rows
    columns = whole.columns
    memory = whole.memory
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

  /// Rounds all elements of `other`, which has the same shape.
  public func assign(_ other: Matrix) {
    precondition(
      rows == other.rows && columns == other.columns,
      "round \(other.rows)×\(other.columns) to \(rows)×\(columns)")
    for r in 0..<rows { round(other.row(r), toBFloat16: row(r), count: columns) }
  }
}

extension MatrixPool {
  /// A matrix of bfloat16 of any content, for who writes every element.
  package func uninitializedBFloat(_ rows: Int, _ columns: Int) -> BFloatMatrix {
    BFloatMatrix(self, rows: rows, columns: columns)
  }
}
