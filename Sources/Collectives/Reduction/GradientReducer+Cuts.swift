/// How slabs are cut among ranks, and trees among the sums of a rank.
extension GradientReducer {
  /// Where each rank's piece of a region begins, and where the last one ends.
  static func bounds(_ region: Range<Int>, ranks: Int) -> [Int] {
    let blocks = (region.count + block - 1) / block
    return (0...ranks).map {
      min(region.lowerBound + $0 * blocks / ranks * block, region.upperBound)
    }
  }

  /// The piece of a rank where the slab is cut as a whole.
  static func piece(of count: Int, _ rank: Int, _ ranks: Int) -> Range<Int> {
    let bounds = bounds(0..<count, ranks: ranks)
    return bounds[rank]..<bounds[rank + 1]
  }

  static func subtrees(
    _ tree: SumTree, rank: Int, ranks: Int, largestNode: Int
  ) -> [SumTree.Node] {
    SumTree.Walk(over: tree.range(of: rank, ranks: ranks)).nodes.flatMap { $0.cut(to: largestNode) }
  }

  /// Sums that are alive at a time; the total needs a place even on a rank without shards.
  static func slabCount(
    _ tree: SumTree, rank: Int, ranks: Int, largestNode: Int
  ) -> Int {
    max(
      1,
      SumTree.Walk(over: subtrees(tree, rank: rank, ranks: ranks, largestNode: largestNode)).deepest
    )
  }
}
