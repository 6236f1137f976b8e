import COpenMPI
import Kernels
import Tensors

/// Gathering what owners have made of their pieces, where ranks have kept all of them alike.
extension MessageReduceScatter {
  /// Remembers this rank's piece of `values`, which is about to be changed.
  func keep(_ values: UnsafePointer<Float>) {
    kept?.start.update(from: values + own.lowerBound, count: own.count)
  }

  /// Gives every rank the pieces of `values` as their owners have changed them since ``keep(_:)``.
  func gatherChanges(of values: UnsafeMutablePointer<Float>) throws(MPIError) {
    guard let parcels, let kept else { return try gather(values) }
    if parcels.form.isRounded {
      try addChanges(to: values, since: kept.start, parcels)
    } else {
      try takeChanged(of: values, since: kept.start, parcels)
    }
  }

  /// Adds to every rank's pieces by how much their owners have changed them, rounded to bfloat16; the owners'
  /// change is rounded too, so that all ranks have the same.
  private func addChanges(
    to values: UnsafeMutablePointer<Float>, since before: UnsafePointer<Float>,
    _ parcels: WireBuffers
  ) throws(MPIError) {
    func change(of rank: Int) -> UnsafeMutablePointer<UInt16> {
      parcels.sent + (bounds[rank] - bounds[0])
    }
    roundChange(
      of: values + own.lowerBound, since: before, toBFloat16: change(of: rank), count: own.count)
    try gather(parcels.sent, tercet_uint16())
    for other in held.indices where other != rank {
      let piece = bounds(of: other)
      add(bfloat16: change(of: other), to: values + piece.lowerBound, count: piece.count)
    }
  }

  /// Puts into every rank's pieces the blocks that their owners have changed.
  private func takeChanged(
    of values: UnsafeMutablePointer<Float>, since before: UnsafePointer<Float>,
    _ parcels: WireBuffers
  ) throws(MPIError) {
    var counts = [Int32](repeating: 0, count: held.count)
    counts[rank] = Int32(
      parcels.packChanged(values + own.lowerBound, since: before, count: own.count, of: rank))
    try MPIError.check(
      "MPI_Allgather",
      MPI_Allgather(
        tercet_in_place(), 0, tercet_int32(), &counts, 1, tercet_int32(), tercet_comm_world()))
    try gather(parcels.sent, tercet_uint16(), counts: counts, at: parcels.places)
    for other in held.indices where other != rank {
      let piece = bounds(of: other)
      parcels.unpackChanged(of: other, into: values + piece.lowerBound, count: piece.count)
    }
  }
}
