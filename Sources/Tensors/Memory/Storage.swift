import COpenBLAS
import Glibc

/// A run of floats that matrices refer to; given back to its pool, or freed, with the last of them.
final class Storage {
  let base: UnsafeMutablePointer<Float>
  private let owner: Owner

  /// Who takes the floats back.
  enum Owner {
    case pool(MatrixPool, capacity: Int)
    /// The system, as whole pages.
    case system(bytes: Int)
    /// Somebody else, who is kept alive where named.
    case elsewhere(AnyObject?)
  }

  init(base: UnsafeMutablePointer<Float>, owner: Owner) {
    self.base = base
    self.owner = owner
  }

  deinit {
    switch owner {
    case .pool(let pool, let capacity): pool.give(base, capacity: capacity)
    case .system(let bytes): munmap(base, bytes)
    case .elsewhere: break
    }
  }

  /// Zeros; large runs of them take no room until something is written to them.
  static func zeros(_ count: Int) -> Storage {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else {
      preconditionFailure("no memory for \(count) floats: \(String(cString: strerror(errno)))")
    }
    useHugePages(pages, bytes)
    return Storage(
      base: pages.bindMemory(to: Float.self, capacity: max(count, 1)),
      owner: .system(bytes: bytes))
  }

  /// Memory of any content; large runs in huge pages, which cost fewer faults and misses.
  static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: bytes >= hugePage ? hugePage : 64)
    useHugePages(memory, bytes)
    return memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  private static let hugePage = 1 << 21

  /// Asks for huge pages where they fit. A smaller run would become part of one with its neighbours some day,
  /// and all of it take room.
  private static func useHugePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes >= hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
  }
}

/// Memory for matrices that live for a step: what one step gives back the next one takes, so that
/// training does not grow. One pool serves one thread.
public final class MatrixPool {
  /// Free small runs by capacity.
  private var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
  private var heap = RangeAllocator()
  /// Floats from which on a run is large.
  private static let large = 1 << 14
  /// Bytes of all matrices that are alive.
  public private(set) var bytesInUse = 0
  /// The most of them since ``restartPeak()``.
  public private(set) var peakBytes = 0

  public init() {}

  deinit {
    trim()
    heap.deallocate()
  }

  /// Gives what nobody uses back, for who needs few matrices for a while. Without it the pool keeps of each
  /// size as many as ever were in use at a time.
  public func trim() {
    for runs in free.values { for run in runs { run.deallocate() } }
    free = [:]
    heap.trim()
  }

  /// Starts to measure ``peakBytes`` anew.
  public func restartPeak() { peakBytes = bytesInUse }

  /// Gives what is free of the C library's memory, whichever thread freed it, back to the system.
  public static func trimSystemHeap() { malloc_trim(0) }

  /// A matrix of any content, for who writes every element.
  public func uninitialized(_ rows: Int, _ columns: Int) -> Matrix {
    let capacity = Self.capacity(for: rows * columns)
    let base =
      capacity >= Self.large
      ? heap.take(capacity) : free[capacity]?.popLast() ?? Storage.allocate(capacity)
    let memory = Storage(base: base, owner: .pool(self, capacity: capacity))
    bytesInUse += capacity * MemoryLayout<Float>.stride
    peakBytes = max(peakBytes, bytesInUse)
    return Matrix(rows: rows, columns: columns, stride: columns, memory: memory, start: base)
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
      heap.give(base, capacity)
    } else {
      free[capacity, default: []].append(base)
    }
  }

  /// Small runs have few sizes, so that they are found again: the next quarter of a power of two.
  private static func capacity(for count: Int) -> Int {
    guard count > 64 else { return 64 }
    guard count < large else { return RangeAllocator.rounded(count) }
    let power = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    let quarter = power / 4
    return (count + quarter - 1) / quarter * quarter
  }
}

/// Floats that stay: all parameters of a model end to end, or their gradients, or a moment of the
/// optimiser.
///
/// It may be shared between threads that only read it.
public final class Slab: @unchecked Sendable {
  public let count: Int
  private let memory: Storage

  /// `count` zeros.
  public init(count: Int) {
    self.count = count
    memory = .zeros(count)
  }

  /// Floats that somebody else owns, who must keep them as long as the slab is in use.
  ///
  /// - Parameter owner: is kept alive by the slab.
  /// - Precondition: the buffer has a base address.
  public init(unowned buffer: UnsafeMutableBufferPointer<Float>, keeping owner: AnyObject? = nil) {
    guard let base = buffer.baseAddress else { preconditionFailure("an empty buffer") }
    count = buffer.count
    memory = Storage(base: base, owner: .elsewhere(owner))
  }

  /// The first of the floats, on a cache line where the slab made them.
  public var start: UnsafeMutablePointer<Float> { memory.base }

  public var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: memory.base, count: count)
  }

  /// The floats from `offset` on as a matrix, with `stride` floats from row to row, or no gap between them.
  ///
  /// - Precondition: they lie within the slab.
  public func matrix(at offset: Int, rows: Int, columns: Int, stride: Int? = nil) -> Matrix {
    let stride = stride ?? columns
    precondition(
      offset >= 0 && stride >= columns && offset + (rows - 1) * stride + columns <= count,
      "\(rows)×\(columns) at \(offset)")
    return Matrix(
      rows: rows, columns: columns, stride: stride, memory: memory, start: memory.base + offset)
  }

  /// Some of the floats as a slab of their own, which keeps this one.
  public func part(_ range: Range<Int>) -> Slab {
    Slab(unowned: UnsafeMutableBufferPointer(rebasing: buffer[range]), keeping: self)
  }
}
