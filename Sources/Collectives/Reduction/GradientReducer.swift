import Tensors

/// Sums the gradients of shards over ranks, in the order of a ``SumTree``: by
/// ``ReductionMode/reproducible`` the sums are bit-identical for any number of ranks.
///
///     shards      a rank sums its own nodes of the tree, each in a slab      accumulate(_:_:)
///     bucket      large tables are cut by themselves, the rest together
///     partition   reduce-scatter: a rank sums its own over all nodes         reduce(on:)
///     optimiser   changes this rank's partitions of the parameters           update(_:on:_:)
///     parameters  all-gather: every rank receives the others' partitions     update(_:on:_:)
///
/// One step:
///
///     reducer.begin()
///     for node in reducer.nodes {
///       reducer.accumulate(node) { slab in /* write the sum over the node's shards */ }
///     }
///     let sums = try reducer.reduce(on: session)
///     _ = try reducer.update(parameters, on: session) { /* change this rank's partitions */ }
///
/// Ranks that share memory read each other's slabs in place. Others send messages: a partition
/// leaves as soon as its values are final; of a table's gradient only blocks that are not zeros
/// travel, and of its values only blocks that have changed. All buffers are allocated once and
/// reused.
public final class GradientReducer {
  /// The number of values of a slab.
  public let count: Int
  /// The shards that this rank computes.
  public let shards: Range<Int>
  /// The shards of each node that this rank sums by itself, in the order in which they come.
  public var nodes: [Range<Int>] { subtrees.map(\.shards) }
  /// The values whose sums ``reduce(on:)`` returns, in their order: this rank's partition of each
  /// bucket, or all values where ``isWhole``.
  public let partitions: [Range<Int>]

  let rank: Int
  let ranks: Int
  let transport: Transport
  let tree: SumTree
  /// The most shards of a node, unless ``begin(largestNode:)`` says otherwise.
  let largestNode: Int
  var subtrees: [SumTree.Node]
  /// One for each sum that is alive at a time; those that are alive fill the first ones.
  var slabs: [Slab]
  var walk = SumTree.Walk()
  /// The index of the node that is to come; `nil` after the sum, until the next `begin()`.
  var next: Int?

  /// How values cross ranks.
  enum Transport {
    /// There is one rank.
    case none
    /// `MPI_Allreduce` adds the slabs of all ranks.
    case allreduce
    /// Messages, bucket by bucket.
    case messages([MessageReduceScatter])
    case sharedMemory(SharedMemoryReduceScatter)
  }

  /// The number of values of a block. Partitions begin at blocks, so that sums over blocks have the
  /// same bits whichever rank owns them.
  public static let block = 4096

  /// Allocates the buffers of a rank that sends messages.
  ///
  /// - Parameters:
  ///   - tables: the values of tables of which a minibatch looks up a few rows; the other rows'
  ///     gradients are zeros.
  ///   - largestNode: the most shards of a node that is summed in one go.
  /// - Precondition: `rank` is in `0..<ranks`; the tables are in order.
  public convenience init(
    count: Int, tables: [Range<Int>] = [], tree: SumTree, rank: Int = 0, ranks: Int = 1,
    mode: ReductionMode = .reproducible, largestNode: Int = .max
  ) {
    self.init(
      count: count, tables: tables, tree: tree, rank: rank, ranks: ranks, mode: mode,
      largestNode: largestNode, shared: nil)
  }

  /// Allocates the buffers of all ranks of a job, in shared memory where all ranks run on one host.
  public convenience init(
    count: Int, tables: [Range<Int>] = [], tree: SumTree, mode: ReductionMode = .reproducible,
    largestNode: Int = .max, on session: borrowing Session
  ) throws(MPIError) {
    var shared: SharedMemoryReduceScatter?
    if session.size > 1 && mode.canShareMemory && count >= SharedMemory.worthwhile {
      shared = try SharedMemoryReduceScatter(
        count: count, tree: tree,
        slabs: (0..<session.size).map {
          tree.slabCount(of: $0, ranks: session.size, largest: largestNode)
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
    shards = tree.range(of: rank, ranks: ranks)
    self.tree = tree
    self.largestNode = largestNode
    subtrees = tree.nodes(of: rank, ranks: ranks, largest: largestNode)
    let alive = tree.slabCount(of: rank, ranks: ranks, largest: largestNode)
    slabs = shared?.slabs(alive, of: count) ?? (0..<alive).map { _ in Slab(count: count) }
    if ranks == 1 || mode == .allreduce {
      transport = ranks == 1 ? .none : .allreduce
      partitions = [0..<count]
    } else if let shared {
      transport = .sharedMemory(shared)
      partitions = [shared.own]
    } else {
      // One block has one owner; half as many bytes of so few are not worth a rounding.
      let isRounded = mode == .bfloat16 && count > Self.block
      let buckets = Bucket.buckets(of: count, tables: tables, ranks: ranks)
      let exchanges = buckets.enumerated().map { index, bucket in
        MessageReduceScatter(
          tree: tree, partitions: Partitions(of: bucket.values, ranks: ranks), rank: rank,
          form: .init(isRounded: isRounded, omitsZeros: bucket.isTable), bucket: index)
      }
      transport = .messages(exchanges)
      partitions = exchanges.map(\.own)
    }
  }
}

extension GradientReducer {
  /// Whether every rank gets the sums of all values.
  public var isWhole: Bool {
    switch transport {
    case .none, .allreduce: true
    case .messages, .sharedMemory: false
    }
  }

  /// How values cross ranks, for people to read: `none`, `messages` with their compression, `shared
  /// memory` or `MPI_Allreduce`.
  public var path: String {
    switch transport {
    case .none: "none"
    case .allreduce: "MPI_Allreduce"
    case .messages(let exchanges):
      (exchanges.contains { $0.wire?.form.isRounded ?? false }
        ? "messages of bfloat16" : "messages")
        + (exchanges.contains { $0.wire?.form.omitsZeros ?? false }
          ? ", of tables what changes" : "")
    case .sharedMemory: "shared memory"
    }
  }

  /// All values in the order in which they are best computed: those that other ranks wait for come
  /// first.
  public var order: [Range<Int>] {
    if case .messages(let exchanges) = transport { exchanges.flatMap(\.order) } else { [0..<count] }
  }

  /// The buckets' exchanges; none where no messages are sent.
  var messages: [MessageReduceScatter] {
    if case .messages(let exchanges) = transport { exchanges } else { [] }
  }
}
