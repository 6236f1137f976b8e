/// A flat buffer of floats that lives as long as a run: all parameters of a model end to end, their gradients,
/// or a moment of the optimiser.
///
/// Threads may share a slab as long as all of them only read it.
public final class Slab: @unchecked Sendable {
  /// Number of floats.
  public let count: Int
  private let storage: Storage

  /// `count` zeros.
  public init(count: Int) {
    self.count = count
    storage = .zeros(count)
  }

  /// A slab over floats owned elsewhere; the caller must keep them as long as the slab is in use.
  ///
  /// - Parameter owner: an object that the slab keeps alive.
  /// - Precondition: the buffer has a base address.
  public init(unowned buffer: UnsafeMutableBufferPointer<Float>, keeping owner: AnyObject? = nil) {
    guard let base = buffer.baseAddress else { preconditionFailure("an empty buffer") }
    count = buffer.count
    storage = Storage(base: base, owner: .elsewhere(owner))
  }

  /// The first float; at the start of a cache line unless the floats are owned elsewhere.
  public var start: UnsafeMutablePointer<Float> { storage.base }

  /// All floats, for as long as the slab lives.
  public var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: storage.base, count: count)
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
      rows: rows, columns: columns, stride: stride, storage: storage, start: storage.base + offset)
  }

  /// A part of the floats as a slab, which keeps this one alive.
  public func part(_ range: Range<Int>) -> Slab {
    Slab(unowned: UnsafeMutableBufferPointer(rebasing: buffer[range]), keeping: self)
  }
}
