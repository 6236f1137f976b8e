import COpenMPI
import Tensors

/// A reduction of few values: every rank receives all nodes of all ranks in one message each and adds them
/// in tree order, all of them the same, so that nothing need be handed on.
struct NodeExchange {
  /// All nodes of all ranks, from left to right.
  private let nodes: [ShardTree.Node]
  private let counts: [Int32]
  private let starts: [Int32]
  private let rank: Int
  private let count: Int
  /// All nodes, one after the other.
  private let values: Slab

  init(count: Int, tree: ShardTree, rank: Int, ranks: Int) {
    let held = (0..<ranks).map { TreeWalk(over: tree.range(of: $0, ranks: ranks)).nodes }
    nodes = held.flatMap { $0 }
    counts = held.map { Int32($0.count * count) }
    starts = counts.dropLast().reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    values = Slab(count: nodes.count * count)
    (self.rank, self.count) = (rank, count)
  }

  /// Sums all values over the nodes of all ranks and returns where the sums lie.
  ///
  /// - Parameter slabs: this rank's nodes, from left to right, and perhaps more.
  func reduce(
    _ slabs: [Slab], walk: inout TreeWalk
  ) throws(MPIError) -> UnsafeMutablePointer<Float> {
    for index in 0..<walk.entries.count {
      (values.start + Int(starts[rank]) + index * count).update(
        from: slabs[index].start, count: count)
    }
    try MPIError.check(
      "MPI_Allgatherv",
      MPI_Allgatherv(
        tercet_in_place(), 0, tercet_float(), values.start, counts, starts, tercet_float(),
        tercet_comm_world()))
    walk.sum(nodes, at: values.start, count: count)
    return values.start
  }
}
