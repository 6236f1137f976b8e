import CGlibc

/// Memory for the matrices of a step, reused by the next step, so that training does not grow. One pool serves
/// one thread.
public final class MatrixPool {
  /// Free small runs by capacity.
  private var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
  private var ranges = RangeAllocator()
  /// Floats from which on a run is large.
  private static let large = 1 << 14
  /// Bytes of all matrices that are alive.
  public private(set) var bytesInUse = 0
  /// The most of them since ``restartPeak()``.
  public private(set) var peakBytes = 0

  /// An empty pool; it takes memory as matrices ask for it.
  public init() {}

  deinit {
    trim()
    ranges.deallocate()
  }

  /// Returns all free memory to the system. Otherwise the pool keeps, of each size, as many runs as were ever in
  /// use at a time.
  public func trim() {
    for runs in free.values { for run in runs { Storage.free(run) } }
    free = [:]
    ranges.trim()
  }

  /// Starts to measure ``peakBytes`` anew.
  public func restartPeak() { peakBytes = bytesInUse }

  /// Returns free memory of the C library to the system, whichever thread freed it (`malloc_trim`).
  public static func trimSystemHeap() { malloc_trim(0) }

  /// An uninitialised matrix; the caller must write every element.
  public func uninitialized(_ rows: Int, _ columns: Int) -> Matrix {
    let capacity = Self.capacity(for: rows * columns)
    let base =
      capacity >= Self.large
      ? ranges.take(capacity) : free[capacity]?.popLast() ?? Storage.allocate(capacity)
    let storage = Storage(base: base, owner: .pool(self, capacity: capacity))
    bytesInUse += capacity * MemoryLayout<Float>.stride
    peakBytes = max(peakBytes, bytesInUse)
    return Matrix(rows: rows, columns: columns, stride: columns, storage: storage, start: base)
  }

  /// A matrix of zeros.
  public func zeros(_ rows: Int, _ columns: Int) -> Matrix {
    let matrix = uninitialized(rows, columns)
    matrix.fill(0)
    return matrix
  }

  /// A matrix of the given elements, row by row.
  ///
  /// - Precondition: there are `rows · columns` of them.
  public func matrix(_ rows: Int, _ columns: Int, _ elements: [Float]) -> Matrix {
    precondition(elements.count == rows * columns, "\(elements.count) for \(rows)×\(columns)")
    let matrix = uninitialized(rows, columns)
    for (i, element) in elements.enumerated() { matrix.pointer[i] = element }
    return matrix
  }

  func give(_ base: UnsafeMutablePointer<Float>, capacity: Int) {
    bytesInUse -= capacity * MemoryLayout<Float>.stride
    if capacity >= Self.large {
      ranges.give(base, capacity)
    } else {
      free[capacity, default: []].append(base)
    }
  }

  /// The size of the run for `count` floats. Small runs have few sizes, the quarters between powers of two, so
  /// that a free one often fits.
  private static func capacity(for count: Int) -> Int {
    guard count > 64 else { return 64 }
    guard count < large else { return RangeAllocator.rounded(count) }
    let power = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    let quarter = power / 4
    return (count + quarter - 1) / quarter * quarter
  }
}
