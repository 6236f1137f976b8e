import COpenMPI
import Kernels
import Tensors

/// The sum of a step: nodes of this rank, then the reduce-scatter.
extension GradientReducer {
  /// Starts a new sum; the last one is no longer valid.
  ///
  /// The corresponding C function is `MPI_Irecv`, where messages are sent.
  ///
  /// - Parameter largestNode: the most shards of a node of this sum. It may differ from rank to rank and changes
  ///   no bit; smaller nodes need more slabs.
  public func begin(largestNode: Int? = nil) {
    let largest = largestNode ?? self.largestNode
    subtrees = tree.nodes(of: rank, ranks: ranks, largest: largest)
    // Sums that other ranks read have the first slabs, which may be shared.
    while slabs.count < tree.slabCount(of: rank, ranks: ranks, largest: largest) {
      slabs.append(Slab(count: count))
    }
    walk.restart()
    next = 0
    for exchange in messages { exchange.begin() }
  }

  /// Passes `body` an uninitialised slab of ``count`` values, to which it writes the sum over the
  /// shards of `node`: every value, zeros where the shards have no sentences.
  ///
  /// - Parameter body: may report which values are final, so that they are sent meanwhile; then it
  ///   must not throw.
  /// - Precondition: the nodes come in their order, each once after a `begin()`.
  public func accumulate<Result, Failure: Error>(
    _ node: Range<Int>,
    _ body: (UnsafeMutableBufferPointer<Float>, SumProgress) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let next, next < nodes.count, nodes[next] == node else {
      preconditionFailure("shards \(node) of \(shards) where \(expected) is to come")
    }
    let slot = walk.entries.count
    let values = slabs[slot].start
    let outgoing = sendsNodesAsTheyCome ? messages : []
    for exchange in outgoing { exchange.start(next, at: values) }
    let result = try body(
      UnsafeMutableBufferPointer(start: values, count: count), SumProgress(exchanges: outgoing))
    for exchange in outgoing { exchange.finish() }
    walk.append(subtrees[next], slot: slot)
    while let (left, right) = walk.mergeSiblings() {
      add(slabs[right].start, to: slabs[left].start, count: count)
    }
    self.next = next + 1
    return result
  }

  /// Does the same for a `body` that reports no progress.
  public func accumulate<Result, Failure: Error>(
    _ node: Range<Int>, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try accumulate(node) { (slab, _) throws(Failure) in try body(slab) }
  }

  /// Returns the sums of this rank's ``partitions`` over all shards of all ranks, valid until the
  /// next `begin()`; the caller may change them. One rank alone makes no call of MPI.
  ///
  /// The corresponding C functions are `MPI_Waitall`, `MPI_Barrier` where memory is shared, or
  /// `MPI_Allreduce`.
  ///
  /// - Precondition: every node of this rank was accumulated, and `session` has the ranks that
  ///   this reducer was made for.
  public func reduce(on session: borrowing Session) throws(MPIError) -> [ReducedPartition] {
    precondition(
      session.rank == rank && session.size == ranks,
      "reduction of rank \(rank) of \(ranks) on rank \(session.rank) of \(session.size)")
    close()
    switch transport {
    case .messages(let exchanges): return try reduce(exchanges)
    case .sharedMemory(let exchange): return [try exchange.reduce(walk: &walk, on: session)]
    case .none, .allreduce:
      try addNodesAndRanks()
      return [ReducedPartition(range: 0..<count, sums: slabs[0].start)]
    }
  }

  /// Returns the sums of all values on every rank, valid until the next `begin()`.
  public func sum(
    on session: borrowing Session
  ) throws(MPIError) -> UnsafeMutableBufferPointer<Float> {
    let total = slabs[0].start
    for partition in try reduce(on: session) {
      let target = total + partition.range.lowerBound
      if partition.sums != target {
        target.update(from: partition.sums, count: partition.range.count)
      }
    }
    try gather(total, on: session)
    return UnsafeMutableBufferPointer(start: total, count: count)
  }

  /// Returns the sum over all shards, valid until the next `begin()`, where MPI was not started.
  ///
  /// - Precondition: every shard was accumulated, and this reducer was made for one rank.
  public func sum() -> UnsafeMutableBufferPointer<Float> {
    precondition(ranks == 1, "reduction over \(ranks) ranks without a session")
    close()
    return UnsafeMutableBufferPointer(start: slabs[0].start, count: count)
  }

  /// Whether no node waits for its sibling before it is sent.
  private var sendsNodesAsTheyCome: Bool { messages.allSatisfy { $0.ownNodes == nodes.count } }

  private func reduce(_ exchanges: [MessageReduceScatter]) throws(MPIError) -> [ReducedPartition] {
    if !sendsNodesAsTheyCome {
      for (index, entry) in walk.entries.enumerated() {
        for exchange in exchanges {
          exchange.start(index, at: slabs[entry.slot].start)
          exchange.finish()
        }
      }
    }
    var sums: [ReducedPartition] = []
    for exchange in exchanges { sums.append(try exchange.reduce(walk: &walk)) }
    return sums
  }

  /// Adds up this rank's nodes, in their order; `MPI_Allreduce` adds those of several ranks.
  private func addNodesAndRanks() throws(MPIError) {
    if nodes.isEmpty { slabs[0].start.update(repeating: 0, count: count) }
    for entry in walk.entries.dropFirst() {
      add(slabs[entry.slot].start, to: slabs[0].start, count: count)
    }
    guard ranks > 1 else { return }
    try MPIError.check(
      "MPI_Allreduce",
      MPI_Allreduce(
        tercet_in_place(), slabs[0].start, Int32(count), tercet_float(), tercet_sum(),
        tercet_comm_world()))
  }

  private func close() {
    precondition(next == nodes.count, "sum of \(shards) where \(expected) is to come")
    next = nil
  }

  /// The call that is due.
  private var expected: String {
    guard let next else { return "begin()" }
    return next < nodes.count ? "\(nodes[next])" : "the sum"
  }
}
