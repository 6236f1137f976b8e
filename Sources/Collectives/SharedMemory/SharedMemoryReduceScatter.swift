import Kernels
import Tensors

/// The reduce-scatter between ranks of one host, which share their slabs: each rank adds its
/// partition of all nodes in place, in the order of the tree, and copies one block at a time.
struct SharedMemoryReduceScatter {
  private let memory: SharedMemory
  private let partitions: Partitions
  private let rank: Int
  /// The nodes of all ranks, from left to right, with the offset of their slabs.
  private let nodes: [(node: SumTree.Node, start: Int)]
  /// The offset of each rank's first slab.
  private let firstSlabs: [Int]
  /// One block for each sum that is alive at a time.
  private let scratch: Slab

  /// - Parameters:
  ///   - count: the number of values of a slab.
  ///   - slabs: the number of slabs of each rank.
  /// - Returns: `nil` on every rank where they cannot share memory.
  init?(
    count: Int, tree: SumTree, slabs: [Int], on session: borrowing Session
  ) throws(MPIError) {
    let (rank, stride) = (session.rank, Self.stride(count))
    let first = slabs.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1 * stride) }
    guard let memory = try SharedMemory.make(count: first[slabs.count], on: session) else {
      return nil
    }
    self.memory = memory
    self.rank = rank
    partitions = Partitions(of: 0..<count, ranks: slabs.count)
    firstSlabs = Array(first.dropLast())
    let own = partitions[rank]
    memory.useHugePages(first[rank]..<first[rank + 1])
    for other in slabs.indices where other != rank {
      for slab in 0..<slabs[other] {
        let start = first[other] + slab * stride
        memory.useHugePages(start + own.lowerBound..<start + own.upperBound)
      }
    }
    nodes = slabs.indices.flatMap { rank in
      tree.nodes(of: rank, ranks: slabs.count).enumerated().map { ($1, first[rank] + $0 * stride) }
    }
    let deepest = SumTree.Walk(over: nodes.map(\.node)).deepest
    scratch = Slab(count: max(deepest, 1) * GradientReducer.block)
  }

  /// This rank's partition.
  var own: Range<Int> { partitions[rank] }

  /// The distance of two slabs of `count` values, in values: slabs begin on pages.
  private static func stride(_ count: Int) -> Int { (count + 1023) & ~1023 }

  /// This rank's slabs.
  ///
  /// - Parameters:
  ///   - count: the number of slabs.
  ///   - size: the number of values of a slab.
  func slabs(_ count: Int, of size: Int) -> [Slab] {
    (0..<count).map {
      Slab(
        unowned: UnsafeMutableBufferPointer(
          start: memory.start + firstSlabs[rank] + $0 * Self.stride(size), count: size))
    }
  }

  /// Sums this rank's partition over the nodes of all ranks, in this rank's first slab.
  ///
  /// The corresponding C function is `MPI_Barrier`.
  func reduce(
    walk: inout SumTree.Walk, on session: borrowing Session
  ) throws(MPIError) -> ReducedPartition {
    try session.barrier()
    let block = GradientReducer.block
    let target = memory.start + firstSlabs[rank]
    for start in Swift.stride(from: own.lowerBound, to: own.upperBound, by: block) {
      let count = min(block, own.upperBound - start)
      walk.restart()
      for (node, slab) in nodes {
        let slot = walk.entries.count
        (scratch.start + slot * block).update(from: memory.start + slab + start, count: count)
        walk.append(node, slot: slot)
        while let (left, right) = walk.mergeSiblings() {
          add(scratch.start + right * block, to: scratch.start + left * block, count: count)
        }
      }
      (target + start).update(from: scratch.start, count: count)
    }
    return ReducedPartition(range: own, sums: target + own.lowerBound)
  }

  /// Gives every rank the other ranks' partitions of `values`, a whole slab.
  func gather(
    _ values: UnsafeMutablePointer<Float>, on session: borrowing Session
  ) throws(MPIError) {
    try exchange(values, into: values, on: session)
  }

  /// Copies the other ranks' partitions of their `values` into `whole` on rank 0.
  func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?,
    on session: borrowing Session
  ) throws(MPIError) {
    try exchange(values, into: rank == 0 ? whole : nil, on: session)
  }

  /// Copies this rank's partition into its first slab and, where `whole` is given, the others' from
  /// theirs.
  private func exchange(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?,
    on session: borrowing Session
  ) throws(MPIError) {
    (memory.start + firstSlabs[rank] + own.lowerBound).update(
      from: values + own.lowerBound, count: own.count)
    try session.barrier()
    if let whole {
      for other in firstSlabs.indices where other != rank {
        let partition = partitions[other]
        (whole + partition.lowerBound).update(
          from: memory.start + firstSlabs[other] + partition.lowerBound, count: partition.count)
      }
    }
    try session.barrier()
  }
}
