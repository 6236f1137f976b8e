import Tensors

/// Values that all ranks have alike between two steps, such as the parameters of a model: one copy for all
/// ranks of a host that share memory, otherwise one for each rank.
public final class ReplicatedBuffer: Sendable {
  public let values: Slab
  private let memory: SharedMemory?

  /// Whether what one rank writes all ranks see.
  public var isShared: Bool { memory != nil }

  /// Zeros, of this rank alone.
  public init(count: Int) {
    memory = nil
    values = Slab(count: count)
  }

  /// Zeros.
  ///
  /// - Parameters:
  ///   - mode: of the sum that the values follow from: after `allreduce` each rank changes all of them.
  ///   - piecewise: whether a rank looks at nothing but its piece in most steps.
  public init(
    count: Int, mode: ReductionMode, piecewise: Bool = false, on session: borrowing Session
  ) throws(MPIError) {
    var memory: SharedMemory?
    if session.size > 1 && mode.canShareMemory && count >= SharedMemory.worthwhile {
      memory = try SharedMemory.make(count: count, on: session)
      memory?.useHugePages(
        piecewise ? GradientReducer.piece(of: count, session.rank, session.size) : 0..<count)
    }
    self.memory = memory
    values =
      memory.map {
        Slab(unowned: UnsafeMutableBufferPointer(start: $0.start, count: count), keeping: $0)
      } ?? Slab(count: count)
  }

  /// Copies the values as this rank sees them. Any thread may, while no rank changes them.
  public func copy(to target: Slab) {
    precondition(target.count == values.count, "\(values.count) values into \(target.count)")
    if let memory {
      memory.copy(to: target.start, count: target.count)
    } else {
      target.start.update(from: values.start, count: target.count)
    }
  }

  /// Gives every rank what rank 0 has written.
  ///
  /// The corresponding C functions are `MPI_Bcast`, or `MPI_Barrier` where the values are shared.
  public func publish(on session: borrowing Session) throws(MPIError) {
    if isShared { try session.barrier() } else { try session.broadcast(floats: values.buffer) }
  }
}
