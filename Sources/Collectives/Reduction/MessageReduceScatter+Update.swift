import COpenMPI
import Kernels
import Tensors

/// All-gather of an update: values that all ranks hold alike, of which each owner has changed its
/// partition.
extension MessageReduceScatter {
  /// Copies this rank's partition of `values`, which is about to be changed.
  func keep(_ values: UnsafePointer<Float>) {
    before?.start.update(from: values + own.lowerBound, count: own.count)
  }

  /// Gives every rank the changes that owners have made to their partitions since ``keep(_:)``.
  func gatherChanges(of values: UnsafeMutablePointer<Float>) throws(MPIError) {
    guard let wire, let before else { return try gather(values) }
    if wire.form.isRounded {
      try addChanges(to: values, since: before.start, wire)
    } else {
      try replaceChanged(of: values, since: before.start, wire)
    }
  }

  /// Adds each owner's change, rounded to bfloat16, on every rank; owners round their own change
  /// too, so that all ranks have the same values.
  private func addChanges(
    to values: UnsafeMutablePointer<Float>, since before: UnsafePointer<Float>, _ wire: WireBuffers
  ) throws(MPIError) {
    func change(of rank: Int) -> UnsafeMutablePointer<UInt16> {
      wire.outgoing + (partitions[rank].lowerBound - partitions.whole.lowerBound)
    }
    roundChange(
      of: values + own.lowerBound, since: before, toBFloat16: change(of: rank), count: own.count)
    try gather(wire.outgoing, tercet_uint16())
    for other in others {
      let partition = partitions[other]
      add(bfloat16: change(of: other), to: values + partition.lowerBound, count: partition.count)
    }
  }

  /// Replaces on every rank the blocks that their owners have changed.
  private func replaceChanged(
    of values: UnsafeMutablePointer<Float>, since before: UnsafePointer<Float>, _ wire: WireBuffers
  ) throws(MPIError) {
    var counts = [Int32](repeating: 0, count: partitions.ranks)
    counts[rank] = Int32(
      wire.packChanged(values + own.lowerBound, since: before, count: own.count, of: rank))
    try MPIError.check(
      "MPI_Allgather",
      MPI_Allgather(
        tercet_in_place(), 0, tercet_int32(), &counts, 1, tercet_int32(), tercet_comm_world()))
    try gather(wire.outgoing, tercet_uint16(), counts: counts, offsets: wire.offsets)
    for other in others {
      let partition = partitions[other]
      wire.unpackChanged(of: other, into: values + partition.lowerBound, count: partition.count)
    }
  }
}
