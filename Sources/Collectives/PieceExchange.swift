import COpenMPI
import Tensors

/// The part of a reduction that crosses ranks. Each rank owns one piece of the slab: it receives
/// this piece of every node that any rank has summed and adds them in tree order.
struct PieceExchange {
  /// All nodes of all ranks, from left to right.
  private let nodes: [ShardTree.Node]
  private let rounds: [Round]
  /// This rank's piece of each node, one after the other.
  private let pieces: Slab
  private let rank: Int
  /// Where each rank's piece begins, and where the last one ends.
  private let bounds: [Int]

  /// One `MPI_Alltoallv`: every rank that has a node left sends its pieces. One round is enough
  /// where the number of ranks is a power of two.
  private struct Round {
    let sendCounts: [Int32]
    let receiveCounts: [Int32]
    let receiveStarts: [Int32]
  }

  /// - Parameter bounds: where each rank's piece begins, and where the last one ends.
  /// - Precondition: there is more than one rank, and a message has fewer than 2³¹ values.
  init(count: Int, tree: ShardTree, bounds: [Int], rank: Int) {
    let ranks = bounds.count - 1
    let held = (0..<ranks).map { TreeWalk(over: tree.range(of: $0, ranks: ranks)).nodes }
    let nodes = held.flatMap { $0 }
    let own = bounds[rank + 1] - bounds[rank]
    precondition(
      max(count, own * nodes.count) <= Int(Int32.max),
      "a reduction of \(count) values over \(ranks) ranks")
    let first = held.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let most = held.map(\.count).max() ?? 0
    rounds = (0..<most).map { round in
      let sends = round < held[rank].count
      let has = held.map { round < $0.count }
      return Round(
        sendCounts: (0..<ranks).map { sends ? Int32(bounds[$0 + 1] - bounds[$0]) : 0 },
        receiveCounts: has.map { $0 ? Int32(own) : 0 },
        receiveStarts: zip(has, first).map { $0 ? Int32(($1 + round) * own) : 0 })
    }
    pieces = Slab(count: own * nodes.count)
    self.nodes = nodes
    self.rank = rank
    self.bounds = bounds
  }

  private func bounds(of rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }

  /// Sums this rank's piece over the nodes of all ranks and returns where the sums lie.
  ///
  /// - Parameters:
  ///   - slabs: this rank's nodes, from left to right; at least one slab.
  ///   - walk: for this method's use; it keeps its memory from sum to sum.
  func reduce(
    _ slabs: [Slab], walk: inout TreeWalk
  ) throws(MPIError) -> UnsafeMutablePointer<Float> {
    let starts = bounds.map { Int32($0) }
    for (index, round) in rounds.enumerated() {
      // A rank without a node left sends nothing, whatever slab it names.
      try MPIError.check(
        "MPI_Alltoallv",
        MPI_Alltoallv(
          slabs[min(index, slabs.count - 1)].start, round.sendCounts, starts, tercet_float(),
          pieces.start, round.receiveCounts, round.receiveStarts, tercet_float(),
          tercet_comm_world()))
    }
    walk.sum(nodes, at: pieces.start, count: bounds(of: rank).count)
    return pieces.start
  }

  /// Puts the pieces of the other ranks into their places on rank 0.
  func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?
  ) throws(MPIError) {
    guard let whole, rank == 0 else {
      let own = bounds(of: rank)
      return try MPIError.check(
        "MPI_Send",
        MPI_Send(
          values + own.lowerBound, Int32(own.count), tercet_float(), 0, 0, tercet_comm_world()))
    }
    for other in bounds.indices.dropLast().dropFirst() {
      let piece = bounds(of: other)
      try MPIError.check(
        "MPI_Recv",
        MPI_Recv(
          whole + piece.lowerBound, Int32(piece.count), tercet_float(), Int32(other), 0,
          tercet_comm_world(), nil))
    }
  }

  /// Gives every rank the pieces of all.
  func gather(_ values: UnsafeMutablePointer<Float>) throws(MPIError) {
    let counts = bounds.indices.dropLast().map { Int32(bounds(of: $0).count) }
    try MPIError.check(
      "MPI_Allgatherv",
      MPI_Allgatherv(
        tercet_in_place(), 0, tercet_float(), values, counts, bounds.map { Int32($0) },
        tercet_float(), tercet_comm_world()))
  }
}
