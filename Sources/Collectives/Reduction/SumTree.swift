import Kernels

/// The binary tree in which the shards of a minibatch are added, whichever ranks compute them.
///
/// Its leaves are the shards from left to right; each node is the sum of its left and its right
/// child. So the order of additions, and with it every bit of the sum, depends on the number of
/// shards alone, never on the number of ranks.
public struct SumTree: Sendable, Equatable {
  /// The number of leaves, a power of two.
  public let shards: Int

  /// Makes the tree of a number of shards.
  ///
  /// - Precondition: `shards` is a power of two.
  public init(shards: Int) {
    precondition(
      shards > 0 && shards & (shards - 1) == 0, "\(shards) shards are not a power of two")
    self.shards = shards
  }

  /// The shards that `rank` computes: contiguous, as even as possible, empty for some of the ranks
  /// where there are more of them than shards.
  ///
  /// - Precondition: `rank` is in `0..<ranks`.
  public func range(of rank: Int, ranks: Int) -> Range<Int> {
    precondition((0..<ranks).contains(rank), "rank \(rank) of \(ranks)")
    return rank * shards / ranks..<(rank + 1) * shards / ranks
  }

  /// The nodes that `rank` sums by itself, from left to right: the fewest that cover its shards.
  ///
  /// - Parameter largest: the most shards of a node; a larger one is cut into several.
  func nodes(of rank: Int, ranks: Int, largest: Int = .max) -> [Node] {
    Walk(over: range(of: rank, ranks: ranks)).nodes.flatMap { $0.cut(to: largest) }
  }

  /// The number of slabs that `rank` needs: one for each sum that is alive at a time, and one for
  /// the total even on a rank without shards.
  func slabCount(of rank: Int, ranks: Int, largest: Int) -> Int {
    max(1, Walk(over: nodes(of: rank, ranks: ranks, largest: largest)).deepest)
  }
}

extension SumTree {
  /// One node of the tree.
  package struct Node: Sendable, Equatable {
    /// The height above the leaves, which are on level 0.
    package let level: Int
    /// The place among the nodes of its level, from the left.
    package let index: Int

    /// The shards below this node.
    package var shards: Range<Int> { index << level..<(index + 1) << level }

    /// The nodes of at most `largest` shards that this one is the sum of: itself if it is small
    /// enough.
    func cut(to largest: Int) -> [Node] {
      let level = min(level, Int.bitWidth - 1 - max(largest, 1).leadingZeroBitCount)
      let count = 1 << (self.level - level)
      return (index * count..<(index + 1) * count).map { Node(level: level, index: $0) }
    }

    var parent: Node { Node(level: level + 1, index: index / 2) }
  }
}

extension SumTree {
  /// A walk over subtrees from left to right that merges siblings as soon as both are there, as the
  /// carries of a binary counter do, so that few sums are alive at a time.
  package struct Walk: Sendable {
    /// Subtrees that wait for their right sibling, each with the slot of its sum.
    private(set) var entries: [(node: SumTree.Node, slot: Int)] = []
    /// The most sums that were alive at a time.
    package private(set) var deepest = 0

    init() {}

    /// Walks over nodes, each in the first slot that is free.
    package init(over nodes: [SumTree.Node]) {
      for node in nodes {
        append(node, slot: entries.count)
        while mergeSiblings() != nil {}
      }
    }

    /// Walks over all leaves of `range`.
    package init(over range: Range<Int>) {
      self.init(over: range.map { SumTree.Node(level: 0, index: $0) })
    }

    /// The subtrees so far: after a range, the fewest nodes that cover exactly this range.
    package var nodes: [SumTree.Node] { entries.map(\.node) }

    mutating func append(_ node: SumTree.Node, slot: Int) {
      entries.append((node, slot))
      deepest = max(deepest, entries.count)
    }

    /// If the last two subtrees are siblings, replaces them by their parent, in the slot of the
    /// left.
    ///
    /// - Returns: the slots of both, for the caller to add the right sum to the left one.
    mutating func mergeSiblings() -> (left: Int, right: Int)? {
      guard entries.count > 1 else { return nil }
      let (left, right) = (entries[entries.count - 2], entries[entries.count - 1])
      guard left.node.level == right.node.level, left.node.parent == right.node.parent else {
        return nil
      }
      entries.removeLast(2)
      entries.append((left.node.parent, left.slot))
      return (left.slot, right.slot)
    }

    /// Adds up nodes that lie end to end, `count` values each, from left to right; the sum replaces
    /// the first.
    mutating func sum(
      _ nodes: [SumTree.Node], at values: UnsafeMutablePointer<Float>, count: Int
    ) {
      restart()
      for (slot, node) in nodes.enumerated() {
        append(node, slot: slot)
        while let (left, right) = mergeSiblings() {
          add(values + right * count, to: values + left * count, count: count)
        }
      }
    }

    /// Forgets all subtrees and keeps the memory.
    mutating func restart() { entries.removeAll(keepingCapacity: true) }
  }
}
