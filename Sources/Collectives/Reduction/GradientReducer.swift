import COpenMPI
import Kernels
import Tensors

/// How gradients are added up over ranks.
public enum ReductionMode: String, Codable, Sendable, CaseIterable {
  /// In the order of a `ShardTree`: the same bits for every number of ranks.
  case reproducible
  /// In that order, but what ranks send each other, where they do not share memory, is rounded to bfloat16 on
  /// its way: half the bytes, and last bits that depend on the number of ranks.
  case bfloat16
  /// By `MPI_Allreduce`, in an order that is the library's own.
  case allreduce

  /// Whether ranks that share memory add there.
  var canShareMemory: Bool { self != .allreduce }
}

/// Adds one slab of numbers per shard, over shards and ranks, in the order of a `ShardTree`: every
/// rank gets the same bits, and every number of ranks gets them too.
///
///     reduction.begin()
///     for node in reduction.nodes {
///       reduction.accumulate(node) { slab in /* write the sum over the node's shards */ }
///     }
///     let sums = try reduction.reduce(on: session)  // of this rank's pieces
///     /* change the pieces of something of as many values */
///     try reduction.gather(something, on: session)
///
/// A rank adds the subtrees that are its own alone. The few nodes that are left per rank are cut
/// evenly: each rank receives its piece of every node, or sees it where it lies, and adds them in tree
/// order. Where pieces are sent, each leaves as soon as its values are known to be final, and large tables are
/// cut by themselves: of their gradient only what is not zero travels, of themselves what has changed, and every
/// rank is spared as much. All buffers are made once and stay warm; a sum allocates nothing.
public final class GradientReducer {
  /// The number of values of a slab.
  public let count: Int
  /// The shards that this rank computes.
  public let shards: Range<Int>
  /// The shards of each subtree that the rank sums by itself, in the order in which they come.
  public let nodes: [Range<Int>]
  /// The values whose sums ``reduce(on:)`` returns, in their order; the pieces of all ranks are the whole, or
  /// those of each are.
  public let pieces: [Range<Int>]

  /// Whether every rank gets the sums of all values.
  public var isWhole: Bool {
    switch exchange {
    case .none, .nodes: true
    case .messages, .shared: false
    }
  }
  /// How pieces cross ranks, for the run log.
  public var path: String {
    switch exchange {
    case .none: ranks == 1 ? "none" : "MPI_Allreduce"
    case .messages(let exchanges):
      (mode == .bfloat16 ? "messages of bfloat16" : "messages")
        + (exchanges.contains { $0.omitsZeros } ? ", of tables what changes" : "")
    case .nodes: "messages"
    case .shared: "shared memory"
    }
  }

  private let rank: Int
  private let ranks: Int
  private let mode: ReductionMode
  private let subtrees: [SumTree.Node]
  /// One for each sum that is alive at a time; those that are alive fill the first ones.
  private let slabs: [Slab]
  private let exchange: Exchange
  private var walk = SumTree.Walk()
  /// The subtree that is to come; `nil` after the sum, until the next `begin()`.
  private var next: Int?

  /// How pieces cross ranks.
  private enum Exchange {
    /// There is one rank, or the library adds.
    case none
    /// There are few values.
    case nodes(NodeExchange)
    /// One for each region of the slab.
    case messages([MessageReduceScatter])
    case shared(SharedMemoryReduceScatter)
  }

  /// Pieces begin at multiples of this many values, so that sums over such blocks are the same
  /// whoever owns them.
  public static let block = 4096

  /// Makes the buffers of a rank that sends its pieces: one slab for each sum that is alive at a time, and
  /// where there are several ranks about one slab for the exchange.
  ///
  /// - Parameters:
  ///   - tables: values of which many are zeros, in rows: few of a table's rows are looked up in a minibatch.
  ///   - largestNode: shards of a subtree that is summed in one go, at most.
  /// - Precondition: `rank` is in `0..<ranks`; the tables are in order.
  public convenience init(
    count: Int, tables: [Range<Int>] = [], tree: SumTree, rank: Int = 0, ranks: Int = 1,
    mode: ReductionMode = .reproducible, largestNode: Int = .max
  ) {
    self.init(
      count: count, tables: tables, tree: tree, rank: rank, ranks: ranks, mode: mode,
      largestNode: largestNode, shared: nil)
  }

  /// Makes the buffers of all ranks of a job, in shared memory where all of them are on one host.
  public convenience init(
    count: Int, tables: [Range<Int>] = [], tree: SumTree, mode: ReductionMode = .reproducible,
    largestNode: Int = .max, on session: borrowing Session
  ) throws(MPIError) {
    var shared: SharedMemoryReduceScatter?
    if session.size > 1 && mode.canShareMemory && count >= SharedMemory.worthwhile {
      shared = try SharedMemoryReduceScatter(
        count: count, tree: tree, bounds: Self.bounds(0..<count, ranks: session.size),
        slabs: (0..<session.size).map {
          Self.slabCount(tree, rank: $0, ranks: session.size, largestNode: largestNode)
        }, on: session)
    }
    self.init(
      count: count, tables: tables, tree: tree, rank: session.rank, ranks: session.size, mode: mode,
      largestNode: largestNode, shared: shared)
  }

  private init(
    count: Int, tables: [Range<Int>], tree: SumTree, rank: Int, ranks: Int, mode: ReductionMode,
    largestNode: Int, shared: SharedMemoryReduceScatter?
  ) {
    precondition(count >= 0, "slabs of \(count) values")
    self.count = count
    self.rank = rank
    self.ranks = ranks
    self.mode = mode
    shards = tree.range(of: rank, ranks: ranks)
    subtrees = Self.subtrees(tree, rank: rank, ranks: ranks, largestNode: largestNode)
    nodes = subtrees.map(\.shards)
    let alive = Self.slabCount(tree, rank: rank, ranks: ranks, largestNode: largestNode)
    slabs = shared?.slabs(alive, of: count) ?? (0..<alive).map { _ in Slab(count: count) }
    if ranks == 1 || mode == .allreduce {
      exchange = .none
      pieces = [0..<count]
    } else if count <= Self.block {
      exchange = .nodes(NodeExchange(count: count, tree: tree, rank: rank, ranks: ranks))
      pieces = [0..<count]
    } else if let shared {
      exchange = .shared(shared)
      pieces = [Self.piece(of: count, rank, ranks)]
    } else {
      let regions = Bucket.regions(of: count, tables: tables, ranks: ranks)
      let exchanges = regions.enumerated().map { index, region in
        MessageReduceScatter(
          tree: tree, bounds: Self.bounds(region.values, ranks: ranks), rank: rank,
          form: .init(isRounded: mode == .bfloat16, omitsZeros: region.isTable), index: index)
      }
      exchange = .messages(exchanges)
      pieces = exchanges.map(\.own)
    }
  }

  /// Starts a new sum; the last one is no longer valid.
  ///
  /// The corresponding C function is `MPI_Irecv`, where messages are sent.
  public func begin() {
    walk.restart()
    next = 0
    for exchange in messages { exchange.begin() }
  }

  /// What sends pieces.
  private var messages: [MessageReduceScatter] {
    if case .messages(let exchanges) = exchange { exchanges } else { [] }
  }

  /// Hands `body` a slab of `count` values of any content to write the sum over the shards of `node` to;
  /// a node without sentences is zeros.
  ///
  /// - Parameter body: may tell which values are final, so that they are sent meanwhile; then it must not
  ///   throw.
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

  /// The same for who has nothing to tell before the end.
  public func accumulate<Result, Failure: Error>(
    _ node: Range<Int>, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try accumulate(node) { (slab, _) throws(Failure) in try body(slab) }
  }

  /// Whether none of the nodes has to wait for its sibling before it is sent.
  private var sendsNodesAsTheyCome: Bool { messages.allSatisfy { $0.ownNodes == nodes.count } }

  /// All values in the order in which they are best computed: others wait for the first.
  public var order: [Range<Int>] {
    if case .messages(let exchanges) = exchange { exchanges.flatMap(\.order) } else { [0..<count] }
  }

  /// Returns the sums over all shards of all ranks of this rank's ``pieces``, valid until the next
  /// `begin()`; the caller may change them. One rank alone makes no call of MPI.
  ///
  /// The corresponding C functions are `MPI_Waitall`, `MPI_Barrier` where memory is shared, or
  /// `MPI_Allreduce`.
  ///
  /// - Precondition: every node of this rank was accumulated, and `session` has the ranks that
  ///   this reduction was made for.
  public func reduce(on session: borrowing Session) throws(MPIError) -> [ReducedPartition] {
    precondition(
      session.rank == rank && session.size == ranks,
      "reduction of rank \(rank) of \(ranks) on rank \(session.rank) of \(session.size)")
    close()
    switch exchange {
    case .nodes(let exchange): return [piece(try exchange.reduce(slabs, walk: &walk))]
    case .messages(let exchanges): return try reduce(exchanges)
    case .shared(let exchange): return [piece(try exchange.reduce(walk: &walk, on: session))]
    case .none:
      try addNodesAndRanks()
      return [piece(slabs[0].start)]
    }
  }

  /// The only piece of this rank.
  private func piece(_ sums: UnsafeMutablePointer<Float>) -> ReducedPartition {
    ReducedPartition(range: pieces[0], sums: sums)
  }

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

  /// Gives every rank what the others have in their pieces of `values`, `count` of them.
  ///
  /// The corresponding C function is `MPI_Allgatherv`.
  public func gather(
    _ values: UnsafeMutablePointer<Float>, on session: borrowing Session
  ) throws(MPIError) {
    switch exchange {
    case .messages(let exchanges): for exchange in exchanges { try exchange.gather(values) }
    case .shared(let exchange): try exchange.gather(values, on: session)
    case .none, .nodes: break
    }
  }

  /// Changes this rank's pieces of `replica`, and gives every rank what the others made of theirs.
  ///
  /// The corresponding C functions are `MPI_Allgatherv`, or `MPI_Barrier` where the replica is shared.
  ///
  /// - Parameter change: returns whether the change holds, alike on every rank; nothing is given where not.
  public func update(
    _ replica: ReplicatedBuffer, on session: borrowing Session, _ change: () throws -> Bool
  ) throws -> Bool {
    let values = replica.values.start
    for exchange in messages { exchange.keep(values) }
    guard try change() else { return false }
    if replica.isShared {
      try session.barrier()
    } else if case .messages(let exchanges) = exchange {
      for exchange in exchanges { try exchange.gatherChanges(of: values) }
    } else {
      try gather(values, on: session)
    }
    return true
  }

  /// Puts every rank's pieces of `values`, `count` of them, together on rank 0.
  ///
  /// The corresponding C functions are `MPI_Send` and `MPI_Recv`.
  ///
  /// - Parameter whole: takes `count` values; looked at on rank 0 alone.
  public func collect(
    _ values: UnsafePointer<Float>, into whole: UnsafeMutablePointer<Float>?,
    on session: borrowing Session
  ) throws(MPIError) {
    if let whole, rank == 0 {
      for piece in pieces {
        (whole + piece.lowerBound).update(from: values + piece.lowerBound, count: piece.count)
      }
    }
    switch exchange {
    case .messages(let exchanges):
      for exchange in exchanges { try exchange.collect(values, into: whole) }
    case .shared(let exchange): try exchange.collect(values, into: whole, on: session)
    case .none, .nodes: break
    }
  }

  /// Returns the sums of all values on every rank, valid until the next `begin()`.
  public func sum(
    on session: borrowing Session
  ) throws(MPIError) -> UnsafeMutableBufferPointer<Float> {
    let total = slabs[0].start
    for piece in try reduce(on: session) {
      let target = total + piece.range.lowerBound
      if piece.sums != target { target.update(from: piece.sums, count: piece.range.count) }
    }
    try gather(total, on: session)
    return UnsafeMutableBufferPointer(start: total, count: count)
  }

  /// Returns the sum over all shards, valid until the next `begin()`, where MPI was not started.
  ///
  /// - Precondition: every shard was accumulated, and this reduction was made for one rank.
  public func sum() -> UnsafeMutableBufferPointer<Float> {
    precondition(ranks == 1, "reduction over \(ranks) ranks without a session")
    close()
    return UnsafeMutableBufferPointer(start: slabs[0].start, count: count)
  }

  /// Adds up this rank's nodes, in their order, and has the library add those of the ranks.
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

  private var expected: String {
    guard let next else { return "begin()" }
    return next < nodes.count ? "\(nodes[next])" : "the sum"
  }
}

/// How far the sum over a node's shards is.
public struct SumProgress: Sendable {
  fileprivate let exchanges: [MessageReduceScatter]

  /// Some values are final; any thread may say so, of each value once.
  public func finished(_ values: Range<Int>) {
    for exchange in exchanges { exchange.finished(values) }
  }

  /// Sends what is final and has messages move on; to be called now and then by the thread that calls MPI,
  /// and by no other.
  public func advance() { for exchange in exchanges { exchange.advance() } }
}
