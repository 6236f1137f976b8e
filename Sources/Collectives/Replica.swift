import Tensors

/// Values that all ranks have alike between two steps, such as the parameters of a model: one copy for all
/// ranks of a host that share memory, otherwise one for each rank.
public final class Replica {
  public let values: Slab
  /// Whether what one rank writes all ranks see.
  public let isShared: Bool

  /// Zeros.
  ///
  /// - Parameter mode: of the sum that the values follow from: only a reproducible one has each rank
  ///   change a piece of them, and no two ranks the same.
  public init(
    count: Int, mode: ReductionMode, on session: borrowing Session
  ) throws(MPIError) {
    var memory: SharedMemory?
    if session.size > 1 && mode == .reproducible && count >= SharedMemory.worthwhile {
      memory = try SharedMemory.make(count: count, on: session)
      memory?.useHugePages(0..<count)
    }
    isShared = memory != nil
    values =
      memory.map {
        Slab(unowned: UnsafeMutableBufferPointer(start: $0.start, count: count), keeping: $0)
      } ?? Slab(count: count)
  }

  /// Gives every rank what rank 0 has written.
  ///
  /// The corresponding C functions are `MPI_Bcast`, or `MPI_Barrier` where the values are shared.
  public func publish(on session: borrowing Session) throws(MPIError) {
    if isShared { try session.barrier() } else { try session.broadcast(floats: values.buffer) }
  }
}
