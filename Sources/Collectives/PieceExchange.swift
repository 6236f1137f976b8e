import COpenMPI

/// The part of a reduction that crosses ranks. Each rank owns one piece of the slab: it receives
/// this piece of every node that any rank has summed, adds them in tree order, and hands the sum to
/// all.
struct PieceExchange {
  /// The number of values of a piece: a slab's share of one rank, rounded up to whole cache lines.
  let pieceCount: Int

  /// All nodes of all ranks, from left to right.
  private let nodes: [ShardTree.Node]
  private let rounds: [Round]
  /// This rank's piece of each node, one after the other.
  private let pieces: Slab

  /// One `MPI_Alltoallv`: every rank that has a node left sends its pieces. One round is enough
  /// where the number of ranks is a power of two.
  private struct Round {
    let sendCounts: [Int32]
    let sendStarts: [Int32]
    let receiveCounts: [Int32]
    let receiveStarts: [Int32]
  }

  /// - Precondition: there is more than one rank, and a message has fewer than 2³¹ values.
  init(count: Int, tree: ShardTree, rank: Int, ranks: Int) {
    let line = 16
    let pieceCount = (count + line * ranks - 1) / (line * ranks) * line
    let held = (0..<ranks).map { TreeWalk(over: tree.range(of: $0, ranks: ranks)).nodes }
    let nodes = held.flatMap { $0 }
    precondition(
      pieceCount * max(ranks, nodes.count) <= Int(Int32.max),
      "a reduction of \(count) values over \(ranks) ranks")
    let first = held.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let most = held.map(\.count).max() ?? 0
    rounds = (0..<most).map { round in
      let piece = Int32(pieceCount)
      return Round(
        sendCounts: (0..<ranks).map { _ in round < held[rank].count ? piece : 0 },
        sendStarts: (0..<ranks).map { Int32($0) * piece },
        receiveCounts: held.map { round < $0.count ? piece : 0 },
        receiveStarts: zip(held, first).map { round < $0.count ? Int32($1 + round) * piece : 0 })
    }
    pieces = Slab(count: pieceCount * nodes.count)
    self.pieceCount = pieceCount
    self.nodes = nodes
  }

  /// Replaces the first slab by the sum of the nodes of all ranks.
  ///
  /// - Parameters:
  ///   - slabs: this rank's nodes, from left to right; at least one slab, with room for `ranks`
  ///     pieces each.
  ///   - walk: for this method's use; it keeps its memory from sum to sum.
  func sum(_ slabs: [Slab], walk: inout TreeWalk) throws(MPIError) {
    for (index, round) in rounds.enumerated() {
      // A rank without a node left sends nothing, whatever slab it names.
      try MPIError.check(
        "MPI_Alltoallv",
        MPI_Alltoallv(
          slabs[min(index, slabs.count - 1)].start, round.sendCounts, round.sendStarts,
          tercet_float(), pieces.start, round.receiveCounts, round.receiveStarts, tercet_float(),
          tercet_comm_world()))
    }
    walk.restart()
    for (slot, node) in nodes.enumerated() {
      walk.append(node, slot: slot)
      while let (left, right) = walk.mergeSiblings() {
        add(
          pieces.start + right * pieceCount, to: pieces.start + left * pieceCount, count: pieceCount
        )
      }
    }
    try MPIError.check(
      "MPI_Allgather",
      MPI_Allgather(
        pieces.start, Int32(pieceCount), tercet_float(), slabs[0].start, Int32(pieceCount),
        tercet_float(), tercet_comm_world()))
  }
}
