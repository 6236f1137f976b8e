import Collectives
import Testing

@Suite("Shards, their ranks and the tree of their sum")
struct SumTreeTests {
  static let trees = [1, 2, 4, 8, 16, 64]
  static let ranks = Array(1...20) + [64, 100]

  @Test("ranks take all shards, in order, none twice, evenly", arguments: trees, ranks)
  func ranges(shards: Int, ranks: Int) {
    let tree = SumTree(shards: shards)
    let ranges = (0..<ranks).map { tree.range(of: $0, ranks: ranks) }
    #expect(ranges.flatMap { Array($0) } == Array(0..<shards))
    #expect(
      ranges.allSatisfy { [shards / ranks, (shards + ranks - 1) / ranks].contains($0.count) })
  }

  @Test(
    "a range is covered by the fewest nodes",
    arguments: [
      (0..<0, []), (0..<1, [0..<1]), (0..<8, [0..<8]), (0..<5, [0..<4, 4..<5]),
      (2..<5, [2..<4, 4..<5]), (5..<8, [5..<6, 6..<8]), (1..<8, [1..<2, 2..<4, 4..<8]),
      (3..<14, [3..<4, 4..<8, 8..<12, 12..<14]), (7..<9, [7..<8, 8..<9]), (8..<16, [8..<16]),
    ])
  func nodes(range: Range<Int>, covering: [Range<Int>]) {
    #expect(SumTree.Walk(over: range).nodes.map(\.shards) == covering)
  }

  @Test("few sums are alive at a time", arguments: [(1, 1), (2, 2), (8, 4), (16, 5), (64, 7)])
  func depth(shards: Int, slabs: Int) {
    #expect(SumTree.Walk(over: 0..<shards).deepest == slabs)
  }

  @Test("each rank of a power of two has one node", arguments: [1, 2, 4, 8])
  func oneNode(ranks: Int) {
    let tree = SumTree(shards: 8)
    for rank in 0..<ranks {
      #expect(SumTree.Walk(over: tree.range(of: rank, ranks: ranks)).nodes.count == 1)
    }
  }

  @Test("shards that are not a power of two are a mistake of the caller")
  func notAPowerOfTwo() async {
    await #expect(processExitsWith: .failure) { _ = SumTree(shards: 6) }
    await #expect(processExitsWith: .failure) { _ = SumTree(shards: 0) }
  }
}
