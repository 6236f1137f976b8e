import COpenMPI

/// The most bytes of one message, since MPI counts in 32 bits; longer ones are cut.
private let largestMessage = 1 << 30

extension Session {
  /// Replaces the values of `floats` on every rank by those of `root`.
  ///
  /// The corresponding C function is `MPI_Bcast`.
  ///
  /// - Precondition: every rank passes the same number of values.
  public borrowing func broadcast(
    floats: UnsafeMutableBufferPointer<Float>, from root: Int = 0
  ) throws(MPIError) {
    try broadcast(raw: UnsafeMutableRawBufferPointer(floats), from: root)
  }

  /// Returns the bytes of `root` on every rank; those of other ranks are ignored.
  ///
  /// The corresponding C function is `MPI_Bcast`.
  public borrowing func broadcast(
    bytes: [UInt8], from root: Int = 0
  ) throws(MPIError) -> [UInt8] {
    var count = bytes.count
    try withUnsafeMutableBytes(of: &count) { (raw) throws(MPIError) in
      try broadcast(raw: raw, from: root)
    }
    var result = rank == root ? bytes : [UInt8](repeating: 0, count: count)
    try result.withUnsafeMutableBufferPointer { (values) throws(MPIError) in
      try broadcast(raw: UnsafeMutableRawBufferPointer(values), from: root)
    }
    return result
  }

  /// Returns the bytes of every rank on `root`, in the order of ranks; the other ranks get an empty
  /// array.
  ///
  /// The corresponding C functions are `MPI_Allgather`, for the lengths, and `MPI_Gatherv`.
  ///
  /// - Precondition: together fewer than 2³¹ bytes.
  public borrowing func gather(
    bytes: [UInt8], to root: Int = 0
  ) throws(MPIError) -> [[UInt8]] {
    var mine = Int32(bytes.count)
    var lengths = [Int32](repeating: 0, count: size)
    try MPIError.check(
      "MPI_Allgather",
      MPI_Allgather(&mine, 1, tercet_int32(), &lengths, 1, tercet_int32(), tercet_comm_world()))
    let bounds = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int($1)) }
    precondition(bounds[size] <= Int(Int32.max), "gather of \(bounds[size]) bytes")
    var all = [UInt8](repeating: 0, count: rank == root ? bounds[size] : 0)
    try MPIError.check(
      "MPI_Gatherv",
      MPI_Gatherv(
        bytes, mine, tercet_byte(), &all, lengths, bounds.map { Int32($0) }, tercet_byte(),
        Int32(root), tercet_comm_world()))
    if rank != root { return [] }
    return (0..<size).map { Array(all[bounds[$0]..<bounds[$0 + 1]]) }
  }

  /// Returns on every rank the element-wise sum over all ranks.
  ///
  /// The corresponding C function is `MPI_Allreduce`.
  ///
  /// - Precondition: every rank passes the same number of values, and no sum overflows.
  public borrowing func sum(_ values: [Int64]) throws(MPIError) -> [Int64] {
    try reduced(values, 0, tercet_int64(), tercet_sum())
  }

  /// Whether a condition holds on every rank.
  ///
  /// The corresponding C function is `MPI_Allreduce`; one rank alone makes no call.
  public borrowing func agree(_ condition: Bool) throws(MPIError) -> Bool {
    size == 1 ? condition : try maximum([condition ? Int64(0) : 1]) == [0]
  }

  /// Returns on every rank the flags that any rank has set.
  ///
  /// The corresponding C function is `MPI_Allreduce`; one rank alone makes no call.
  public borrowing func union<Flags: OptionSet>(
    _ flags: Flags
  ) throws(MPIError) -> Flags where Flags.RawValue == Int64 {
    size == 1
      ? flags
      : Flags(rawValue: try reduced([flags.rawValue], 0, tercet_int64(), tercet_bitwise_or())[0])
  }

  /// Returns on every rank the element-wise maximum over all ranks.
  ///
  /// The corresponding C function is `MPI_Allreduce`.
  ///
  /// - Precondition: every rank passes the same number of values.
  public borrowing func maximum(_ values: [Int64]) throws(MPIError) -> [Int64] {
    try reduced(values, 0, tercet_int64(), tercet_max())
  }

  /// Returns on every rank the element-wise maximum over all ranks.
  ///
  /// The corresponding C function is `MPI_Allreduce`.
  ///
  /// - Precondition: every rank passes the same number of values.
  public borrowing func maximum(_ values: [Double]) throws(MPIError) -> [Double] {
    try reduced(values, 0, tercet_double(), tercet_max())
  }

  /// Returns on every rank the element-wise sum over all ranks, in an order that is the library's
  /// own.
  ///
  /// The corresponding C function is `MPI_Allreduce`.
  ///
  /// - Precondition: every rank passes the same number of values.
  public borrowing func sum(_ values: [Double]) throws(MPIError) -> [Double] {
    try reduced(values, 0, tercet_double(), tercet_sum())
  }

  private borrowing func reduced<Value: BitwiseCopyable>(
    _ values: [Value], _ zero: Value, _ type: MPI_Datatype?, _ operation: MPI_Op?
  ) throws(MPIError) -> [Value] {
    var result = [Value](repeating: zero, count: values.count)
    try MPIError.check(
      "MPI_Allreduce",
      MPI_Allreduce(values, &result, Int32(values.count), type, operation, tercet_comm_world()))
    return result
  }

  private borrowing func broadcast(
    raw: UnsafeMutableRawBufferPointer, from root: Int
  ) throws(MPIError) {
    precondition((0..<size).contains(root), "broadcast from rank \(root) of \(size)")
    for start in stride(from: 0, to: raw.count, by: largestMessage) {
      let message = UnsafeMutableRawBufferPointer(
        rebasing: raw[start..<min(start + largestMessage, raw.count)])
      try MPIError.check(
        "MPI_Bcast",
        MPI_Bcast(
          message.baseAddress, Int32(message.count), tercet_byte(), Int32(root),
          tercet_comm_world()))
    }
  }
}
