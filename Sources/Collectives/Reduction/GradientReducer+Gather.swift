import Tensors

/// The way back: what ranks have made of their partitions.
extension GradientReducer {
  /// All-gather: gives every rank the other ranks' partitions of `values`, ``count`` of them.
  ///
  /// The corresponding C function is `MPI_Allgatherv`.
  public func gather(
    _ values: UnsafeMutablePointer<Float>, on session: borrowing Session
  ) throws(MPIError) {
    switch transport {
    case .messages(let exchanges): for exchange in exchanges { try exchange.gather(values) }
    case .sharedMemory(let exchange): try exchange.gather(values, on: session)
    case .none, .allreduce: break
    }
  }

  /// Changes this rank's partitions of `replica`, and gives every rank the changes of the others.
  ///
  /// The corresponding C functions are `MPI_Allgatherv`, or `MPI_Barrier` where the buffer is
  /// shared.
  ///
  /// - Parameter change: returns whether the change holds, the same on every rank; where not,
  ///   nothing is sent.
  /// - Returns: the same.
  public func update(
    _ replica: ReplicatedBuffer, on session: borrowing Session, _ change: () throws -> Bool
  ) throws -> Bool {
    let values = replica.values.start
    for exchange in messages { exchange.keep(values) }
    guard try change() else { return false }
    if !replica.isShared, case .messages(let exchanges) = transport {
      for exchange in exchanges { try exchange.gatherChanges(of: values) }
    } else {
      try publish(replica, on: session)
    }
    return true
  }

  /// Gives every rank the other ranks' partitions of `replica`, of which each has replaced its own.
  ///
  /// The corresponding C functions are `MPI_Allgatherv`, or `MPI_Barrier` where the buffer is
  /// shared.
  public func publish(
    _ replica: ReplicatedBuffer, on session: borrowing Session
  ) throws(MPIError) {
    if replica.isShared {
      try session.barrier()
    } else {
      try gather(replica.values.start, on: session)
    }
  }

  /// Copies every rank's partitions of its `values`, ``count`` of them, into `whole` on rank 0.
  ///
  /// The corresponding C functions are `MPI_Send` and `MPI_Recv`.
  ///
  /// - Parameter whole: takes ``count`` values; ignored on the other ranks.
  public func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?,
    on session: borrowing Session
  ) throws(MPIError) {
    if let whole, rank == 0 {
      for partition in partitions {
        (whole + partition.lowerBound).update(
          from: values + partition.lowerBound, count: partition.count)
      }
    }
    switch transport {
    case .messages(let exchanges):
      for exchange in exchanges { try exchange.collect(values, into: whole) }
    case .sharedMemory(let exchange): try exchange.collect(values, into: whole, on: session)
    case .none, .allreduce: break
    }
  }
}
