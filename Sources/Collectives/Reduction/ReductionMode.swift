/// How gradients are added up over ranks.
public enum ReductionMode: String, Codable, Sendable, CaseIterable {
  /// In the order of a ``SumTree``: the same bits for every number of ranks.
  case reproducible
  /// In that order, but messages between ranks without shared memory carry bfloat16: half the
  /// bytes, and last bits that depend on the number of ranks.
  case bfloat16
  /// By `MPI_Allreduce`, in an order that is the library's own.
  case allreduce

  /// Whether ranks of one host add in shared memory.
  var canShareMemory: Bool { self != .allreduce }
}
