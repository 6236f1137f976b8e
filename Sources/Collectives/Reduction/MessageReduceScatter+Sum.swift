import COpenMPI
import Synchronization
import Tensors

/// Reduce-scatter: partitions of nodes go to their owners, which add them.
extension MessageReduceScatter {
  /// Starts to receive this rank's partition of the other ranks' nodes.
  ///
  /// The corresponding C function is `MPI_Irecv`.
  func begin() {
    pending.begin()
    for other in others {
      for (index, node) in nodesOfRank[other].enumerated() {
        let target = target(of: node)
        pending.start("MPI_Irecv") {
          MPI_Irecv(
            target.start, target.count, wireType, Int32(other), tag(index), tercet_comm_world(), &$0
          )
        }
      }
    }
  }

  /// Makes one of this rank's nodes the current one.
  ///
  /// - Parameters:
  ///   - node: its place among this rank's nodes.
  ///   - values: the slab that its values are written to; it stays until the sum is over.
  func start(_ node: Int, at values: UnsafeMutablePointer<Float>) {
    let ranks = partitions.ranks
    current = CurrentNode(
      index: node, values: values, waiting: (1..<ranks).map { (rank + $0) % ranks })
    unfinished.withLock { unfinished in
      for other in 0..<ranks { unfinished[other] = partitions[other].count }
    }
  }

  /// Marks values of the current node as final; any thread may call it, once for each value.
  func finished(_ values: Range<Int>) {
    unfinished.withLock { unfinished in
      for other in unfinished.indices {
        unfinished[other] -= partitions[other].clamped(to: values).count
      }
    }
  }

  /// Sends the partitions that are final and makes Open MPI move its messages; only the thread that
  /// calls MPI may call it.
  ///
  /// The corresponding C functions are `MPI_Isend` and `MPI_Testall`.
  func advance() {
    send { unfinished in unfinished == 0 }
    pending.advance()
  }

  /// Ends the current node, of which all values are final: sends the partitions that are left.
  func finish() {
    send { _ in true }
    guard let values = current.values else { preconditionFailure("the end of no node") }
    (summands.start + place(of: nodesOfRank[rank].lowerBound + current.index))
      .update(from: values + own.lowerBound, count: own.count)
    current.values = nil
  }

  /// Returns this rank's partition, summed over the nodes of all ranks.
  ///
  /// The corresponding C function is `MPI_Waitall`.
  ///
  /// - Parameter walk: scratch, whose memory is reused from sum to sum.
  func reduce(walk: inout SumTree.Walk) throws(MPIError) -> ReducedPartition {
    try pending.wait()
    if let wire {
      for node in nodes.indices where !nodesOfRank[rank].contains(node) {
        wire.unpack(node, into: summands.start + place(of: node), count: own.count)
      }
    }
    walk.sum(nodes, at: summands.start, count: own.count)
    return ReducedPartition(range: own, sums: summands.start)
  }

  /// Sends the current node's partitions to those waiting ranks whose number of unfinished values
  /// allows it.
  private func send(where isReady: (_ unfinished: Int) -> Bool) {
    guard let values = current.values else { return }
    let ready = unfinished.withLock { unfinished in
      current.waiting.filter { isReady(unfinished[$0]) }
    }
    guard !ready.isEmpty else { return }
    current.waiting.removeAll { ready.contains($0) }
    for other in ready {
      let source = source(values, to: other)
      pending.start("MPI_Isend") {
        MPI_Isend(
          source.start, source.count, wireType, Int32(other), tag(current.index),
          tercet_comm_world(), &$0)
      }
    }
  }

  private var wireType: MPI_Datatype? { wire == nil ? tercet_float() : tercet_uint16() }

  private func tag(_ node: Int) -> Int32 { Int32(firstTag + node) }

  /// The receive buffer of this rank's partition of another rank's node.
  private func target(of node: Int) -> (start: UnsafeMutableRawPointer, count: Int32) {
    guard let inbox = wire?.inbox(node) else {
      return (UnsafeMutableRawPointer(summands.start + place(of: node)), Int32(own.count))
    }
    return (UnsafeMutableRawPointer(inbox.start), Int32(inbox.count))
  }

  /// The message with a rank's partition of the current node.
  private func source(
    _ values: UnsafeMutablePointer<Float>, to other: Int
  ) -> (start: UnsafeMutableRawPointer, count: Int32) {
    let (partition, node) = (partitions[other], current.index)
    let start = values + partition.lowerBound
    guard let message = wire?.pack(start, count: partition.count, node: node, to: other) else {
      return (UnsafeMutableRawPointer(start), Int32(partition.count))
    }
    return (UnsafeMutableRawPointer(message.start), Int32(message.count))
  }
}
