import COpenMPI

/// All-gather, and gather on rank 0: partitions go from their owners to the other ranks.
extension MessageReduceScatter {
  /// Gives every rank the other ranks' partitions of `values`, a whole slab.
  ///
  /// The corresponding C function is `MPI_Allgatherv`.
  func gather(_ values: UnsafeMutablePointer<Float>) throws(MPIError) {
    try gather(values + partitions.whole.lowerBound, tercet_float())
  }

  /// - Parameter values: the bucket's values, without the rest of the slab.
  func gather(_ values: UnsafeMutableRawPointer, _ type: MPI_Datatype?) throws(MPIError) {
    try gather(
      values, type, counts: (0..<partitions.ranks).map { Int32(partitions[$0].count) },
      offsets: partitions.bounds.map { $0 - partitions.whole.lowerBound })
  }

  /// - Parameters:
  ///   - counts: the number of values that each rank sends.
  ///   - offsets: where the values of each rank begin.
  func gather(
    _ values: UnsafeMutableRawPointer, _ type: MPI_Datatype?, counts: [Int32], offsets: [Int]
  ) throws(MPIError) {
    try MPIError.check(
      "MPI_Allgatherv",
      MPI_Allgatherv(
        tercet_in_place(), 0, type, values, counts, offsets.map { Int32($0) }, type,
        tercet_comm_world()))
  }

  /// Copies the other ranks' partitions of their `values` into `whole` on rank 0.
  ///
  /// The corresponding C functions are `MPI_Send` and `MPI_Recv`.
  func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?
  ) throws(MPIError) {
    guard let whole, rank == 0 else {
      return try MPIError.check(
        "MPI_Send",
        MPI_Send(
          values + own.lowerBound, Int32(own.count), tercet_float(), 0, 0, tercet_comm_world()))
    }
    for other in others {
      let partition = partitions[other]
      try MPIError.check(
        "MPI_Recv",
        MPI_Recv(
          whole + partition.lowerBound, Int32(partition.count), tercet_float(), Int32(other), 0,
          tercet_comm_world(), nil))
    }
  }
}
