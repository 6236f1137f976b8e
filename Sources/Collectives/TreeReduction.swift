/// Adds one slab of numbers per shard, over shards and ranks, in the order of a `ShardTree`: every
/// rank gets the same bits, and every number of ranks gets them too.
///
///     reduction.begin()
///     for shard in reduction.shards {
///       reduction.accumulate(shard) { slab in /* add what this shard gives */ }
///     }
///     let total = try reduction.sum(on: session)
///
/// A rank adds the subtrees that are its own alone. The few nodes that are left per rank are cut
/// evenly: each rank receives its piece of every node, adds them in tree order and hands the sum to
/// all. All buffers are made once and stay warm; a sum allocates nothing.
public final class TreeReduction {
  /// The number of values of a slab.
  public let count: Int
  /// The shards that this rank computes, in the order in which they are accumulated.
  public let shards: Range<Int>

  private let rank: Int
  private let ranks: Int
  /// One for each sum that is alive at a time; those that are alive fill the first ones.
  private let slabs: [Slab]
  /// What crosses ranks; nothing where there is one.
  private let exchange: PieceExchange?
  private var walk = TreeWalk()
  /// The shard that is to come; `nil` after the sum, until the next `begin()`.
  private var next: Int?

  /// Makes the buffers: one slab for each level of the tree that lies within this rank and one
  /// more, and where there are several ranks about one slab for the exchange.
  ///
  /// - Precondition: `rank` is in `0..<ranks`.
  public init(count: Int, tree: ShardTree, rank: Int = 0, ranks: Int = 1) {
    precondition(count >= 0, "slabs of \(count) values")
    let shards = tree.range(of: rank, ranks: ranks)
    let exchange =
      ranks > 1 ? PieceExchange(count: count, tree: tree, rank: rank, ranks: ranks) : nil
    let room = exchange.map { $0.pieceCount * ranks } ?? count
    // The total needs a place even on a rank without shards.
    slabs = (0..<max(1, TreeWalk(over: shards).deepest)).map { _ in Slab(count: room) }
    self.count = count
    self.shards = shards
    self.rank = rank
    self.ranks = ranks
    self.exchange = exchange
  }

  /// Starts a new sum; the last one is no longer valid.
  public func begin() {
    walk.restart()
    next = shards.lowerBound
  }

  /// Hands `body` a slab of `count` zeros to add the values of `shard` to. A shard without
  /// sentences adds nothing, but is not left out.
  ///
  /// - Precondition: the shards come in their order, each once after a `begin()`.
  public func accumulate<Result, Failure: Error>(
    _ shard: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      shard == next && shards.contains(shard),
      "shard \(shard) of \(shards) where \(expected) is to come")
    let slot = walk.entries.count
    let values = UnsafeMutableBufferPointer(start: slabs[slot].start, count: count)
    values.update(repeating: 0)
    let result = try body(values)
    walk.append(ShardTree.Node(level: 0, index: shard), slot: slot)
    while let (left, right) = walk.mergeSiblings() {
      add(slabs[right].start, to: slabs[left].start, count: count)
    }
    next = shard + 1
    return result
  }

  /// Returns the sum over all shards of all ranks, valid until the next `begin()`; the caller may
  /// change it. One rank alone makes no call of MPI.
  ///
  /// The corresponding C functions are `MPI_Alltoallv` and `MPI_Allgather`.
  ///
  /// - Precondition: every shard of this rank was accumulated, and `session` has the ranks that
  ///   this reduction was made for.
  public func sum(
    on session: borrowing Session
  ) throws(MPIError) -> UnsafeMutableBufferPointer<Float> {
    precondition(
      session.rank == rank && session.size == ranks,
      "reduction of rank \(rank) of \(ranks) on rank \(session.rank) of \(session.size)")
    close()
    try exchange?.sum(slabs, walk: &walk)
    return UnsafeMutableBufferPointer(start: slabs[0].start, count: count)
  }

  /// Returns the sum over all shards, valid until the next `begin()`, where MPI was not started.
  ///
  /// - Precondition: every shard was accumulated, and this reduction was made for one rank.
  public func sum() -> UnsafeMutableBufferPointer<Float> {
    precondition(ranks == 1, "reduction over \(ranks) ranks without a session")
    close()
    return UnsafeMutableBufferPointer(start: slabs[0].start, count: count)
  }

  private func close() {
    precondition(next == shards.upperBound, "sum of \(shards) where \(expected) is to come")
    next = nil
  }

  private var expected: String { next.map { "shard \($0)" } ?? "begin()" }
}
