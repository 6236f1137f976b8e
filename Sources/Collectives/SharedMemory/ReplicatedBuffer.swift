import Tensors

/// Values that all ranks hold alike between two steps, such as the parameters of a model: one copy
/// for all ranks of a host that share memory, otherwise one for each rank.
public final class ReplicatedBuffer: Sendable {
  /// The values, in shared memory or in this rank's own.
  public let values: Slab
  private let memory: SharedMemory?

  /// Whether every rank sees the writes of any rank.
  public var isShared: Bool { memory != nil }

  /// Allocates zeros in this rank's own memory.
  public init(count: Int) {
    memory = nil
    values = Slab(count: count)
  }

  /// Allocates zeros, shared where the ranks run on one host and `count` is large enough.
  ///
  /// - Parameters:
  ///   - mode: how the gradients behind the values are summed; after `allreduce` each rank changes
  ///     all values, so nothing is shared.
  ///   - partitioned: whether a rank reads and writes only its partition in most steps.
  public init(
    count: Int, mode: ReductionMode, partitioned: Bool = false, on session: borrowing Session
  ) throws(MPIError) {
    var memory: SharedMemory?
    if session.size > 1 && mode.canShareMemory && count >= SharedMemory.worthwhile {
      memory = try SharedMemory.make(count: count, on: session)
      let partitions = Partitions(of: 0..<count, ranks: session.size)
      memory?.useHugePages(partitioned ? partitions[session.rank] : partitions.whole)
    }
    self.memory = memory
    values =
      memory.map {
        Slab(unowned: UnsafeMutableBufferPointer(start: $0.start, count: count), keeping: $0)
      } ?? Slab(count: count)
  }

  /// Copies some values as this rank sees them. Any thread may call it, while no rank changes them.
  ///
  /// - Parameter target: has room for as many values.
  public func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    precondition(values.buffer.indices.contains(range), "\(range) of \(values.count) values")
    if let memory {
      memory.copy(range, to: target)
    } else {
      target.update(from: values.start + range.lowerBound, count: range.count)
    }
  }

  /// Gives every rank the values that rank 0 has written.
  ///
  /// The corresponding C functions are `MPI_Bcast`, or `MPI_Barrier` where the values are shared.
  public func publish(on session: borrowing Session) throws(MPIError) {
    if isShared { try session.barrier() } else { try session.broadcast(floats: values.buffer) }
  }
}
