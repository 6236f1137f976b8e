import Kernels
import Tensors

/// A reduction between ranks of one host, whose slabs all of them see: each rank adds its piece where the
/// slabs lie, in tree order, and nothing is copied but what has changed.
struct SharedMemoryReduceScatter {
  private let memory: SharedMemory
  private let bounds: [Int]
  private let rank: Int
  /// All nodes of all ranks, from left to right, with where their slabs begin.
  private let nodes: [(node: SumTree.Node, start: Int)]
  /// Where the first slab of each rank begins.
  private let firstSlabs: [Int]
  /// Sums that are alive at a time, a block of each.
  private let scratch: Slab

  /// - Parameter bounds: where each rank's piece begins, and where the last one ends.
  /// - Returns: `nil` on every rank where they cannot share memory.
  init?(
    count: Int, tree: SumTree, bounds: [Int], slabs: [Int], on session: borrowing Session
  ) throws(MPIError) {
    // Slabs begin on pages.
    let room = (count + 1023) & ~1023
    let first = slabs.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1 * room) }
    guard let memory = try SharedMemory.make(count: first[slabs.count], on: session) else {
      return nil
    }
    self.memory = memory
    self.bounds = bounds
    rank = session.rank
    firstSlabs = Array(first.dropLast())
    memory.useHugePages(first[rank]..<first[rank + 1])
    for other in slabs.indices where other != rank {
      for slab in 0..<slabs[other] {
        let start = first[other] + slab * room
        memory.useHugePages(start + bounds[rank]..<start + bounds[rank + 1])
      }
    }
    nodes = slabs.indices.flatMap { rank in
      SumTree.Walk(over: tree.range(of: rank, ranks: slabs.count)).nodes.enumerated().map {
        ($1, first[rank] + $0 * room)
      }
    }
    let deepest = SumTree.Walk(over: nodes.map(\.node)).deepest
    scratch = Slab(count: max(deepest, 1) * GradientReducer.block)
  }

  /// The memory of a rank's slabs.
  func slabs(_ count: Int, of size: Int) -> [Slab] {
    let room = (size + 1023) & ~1023
    return (0..<count).map {
      Slab(
        unowned: UnsafeMutableBufferPointer(
          start: memory.start + firstSlabs[rank] + $0 * room, count: size))
    }
  }

  private func piece(of rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }

  /// Sums this rank's piece over the nodes of all ranks, in place, and returns where the sums lie.
  func reduce(
    walk: inout SumTree.Walk, on session: borrowing Session
  ) throws(MPIError) -> UnsafeMutablePointer<Float> {
    try session.barrier()
    let (own, block) = (piece(of: rank), GradientReducer.block)
    let target = memory.start + firstSlabs[rank]
    for start in stride(from: own.lowerBound, to: own.upperBound, by: block) {
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
    return target + own.lowerBound
  }

  /// Gives every rank the pieces of all.
  func gather(
    _ values: UnsafeMutablePointer<Float>, on session: borrowing Session
  ) throws(MPIError) {
    try exchange(values, into: values, on: session)
  }

  /// Puts the pieces of the other ranks into their places on rank 0.
  func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?,
    on session: borrowing Session
  ) throws(MPIError) {
    try exchange(values, into: rank == 0 ? whole : nil, on: session)
  }

  /// Lays this rank's piece into its slab and, where it has a place for them, takes the others' from theirs.
  private func exchange(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?,
    on session: borrowing Session
  ) throws(MPIError) {
    let own = piece(of: rank)
    (memory.start + firstSlabs[rank] + own.lowerBound).update(
      from: values + own.lowerBound, count: own.count)
    try session.barrier()
    if let whole {
      for other in bounds.indices.dropLast() where other != rank {
        let piece = piece(of: other)
        (whole + piece.lowerBound).update(
          from: memory.start + firstSlabs[other] + piece.lowerBound, count: piece.count)
      }
    }
    try session.barrier()
  }
}
