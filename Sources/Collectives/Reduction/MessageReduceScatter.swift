import COpenMPI
import Synchronization
import Tensors

/// The reduce-scatter and all-gather of one bucket by messages. Each rank owns one partition of the
/// bucket: it receives this partition of every node that another rank sums, and adds them in the
/// order of the tree.
///
/// A partition is sent as soon as its values are final, while its rank goes on with the next. Of a
/// table only blocks that are not zeros travel; on request values travel as bfloat16, half as many
/// bytes. Ranks add in float32 all the same, and a rank's own values are not rounded.
final class MessageReduceScatter: Sendable {
  /// The nodes of all ranks, from left to right.
  let nodes: [SumTree.Node]
  /// The places in ``nodes`` of each rank's nodes.
  let nodesOfRank: [Range<Int>]
  let rank: Int
  let partitions: Partitions
  /// This rank's partition of each of ``nodes``, end to end.
  let summands: Slab
  /// `nil` where values travel as they lie in memory.
  let wire: WireBuffers?
  /// This rank's partition of the parameters before an update, where only the change travels.
  let before: Slab?
  /// The tag of node 0; tag 0 is that of ``collect(_:into:)``.
  let firstTag: Int
  /// The number of values of each rank's partition of the current node that are not final yet.
  let unfinished: Mutex<[Int]>
  /// Used only by the thread that calls MPI, as is ``pending``.
  nonisolated(unsafe) var current = CurrentNode()
  nonisolated(unsafe) var pending = PendingMessages()

  /// The node that this rank is summing and sending.
  struct CurrentNode {
    /// Its place among this rank's nodes.
    var index = 0
    /// The bucket's slab; `nil` between two nodes.
    var values: UnsafeMutablePointer<Float>?
    /// The ranks that have not been sent their partition yet, in the order of sending.
    var waiting: [Int] = []
  }

  /// - Parameters:
  ///   - bucket: the index of the bucket among those of a slab, which keeps its messages apart from
  ///     theirs.
  /// - Precondition: there is more than one rank, and the slab has fewer than 2³¹ values.
  init(tree: SumTree, partitions: Partitions, rank: Int, form: WireBuffers.Form, bucket: Int) {
    let end = partitions.whole.upperBound
    precondition(end <= Int(Int32.max), "a reduction of \(end) values")
    var (nodes, nodesOfRank): ([SumTree.Node], [Range<Int>]) = ([], [])
    for other in 0..<partitions.ranks {
      let first = nodes.count
      nodes += tree.nodes(of: other, ranks: partitions.ranks)
      nodesOfRank.append(first..<nodes.count)
    }
    (self.nodes, self.nodesOfRank) = (nodes, nodesOfRank)
    let own = partitions[rank]
    summands = Slab(count: own.count * nodes.count)
    wire = WireBuffers(
      form, partitions: partitions, rank: rank, nodes: nodes.count,
      ownNodes: nodesOfRank[rank].count)
    before = wire.map { _ in Slab(count: own.count) }
    unfinished = Mutex(.init(repeating: 0, count: partitions.ranks))
    self.rank = rank
    self.partitions = partitions
    firstTag = 1 + bucket * tree.shards
  }

  deinit { pending.cancel() }

  /// The number of nodes that this rank sends.
  var ownNodes: Int { nodesOfRank[rank].count }

  /// This rank's partition.
  var own: Range<Int> { partitions[rank] }

  /// The other ranks.
  var others: [Int] { (0..<partitions.ranks).filter { $0 != rank } }

  /// All values of the bucket, in the order in which they are best computed: this rank's partition
  /// comes last, since no other rank waits for it.
  var order: [Range<Int>] {
    let start = partitions[(rank + 1) % partitions.ranks].lowerBound
    let whole = partitions.whole
    return [start..<whole.upperBound, whole.lowerBound..<start]
  }

  /// The place in ``summands`` of this rank's partition of a node.
  func place(of node: Int) -> Int { node * own.count }
}
