import COpenMPI
import Tensors

/// A reduction of few values, after which every rank has the sums, so that nothing need be handed on.
///
/// Every rank receives all nodes of all ranks and adds them in tree order. Where there are only two the
/// library adds them: the sum of two numbers has the same bits in either order.
struct NodeExchange {
  /// All nodes of all ranks, from left to right.
  private let nodes: [SumTree.Node]
  private let counts: [Int32]
  private let starts: [Int32]
  private let rank: Int
  private let count: Int
  /// All nodes, one after the other.
  private let values: Slab

  init(count: Int, tree: SumTree, rank: Int, ranks: Int) {
    let held = (0..<ranks).map { SumTree.Walk(over: tree.range(of: $0, ranks: ranks)).nodes }
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
    _ slabs: [Slab], walk: inout SumTree.Walk
  ) throws(MPIError) -> UnsafeMutablePointer<Float> {
    if isPair { return try addPair(slabs[0].start) }
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
  /// Whether there are two ranks with a node each.
  private var isPair: Bool { nodes.count == 2 && counts == [Int32(count), Int32(count)] }

  private func addPair(
    _ sums: UnsafeMutablePointer<Float>
  ) throws(MPIError) -> UnsafeMutablePointer<Float> {
    try MPIError.check(
      "MPI_Allreduce",
      MPI_Allreduce(
        tercet_in_place(), sums, Int32(count), tercet_float(), tercet_sum(), tercet_comm_world()))
    return sums
  }
}
