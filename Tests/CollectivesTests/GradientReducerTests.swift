import Collectives
import Testing

@Suite("Sums over shards within one process")
struct GradientReducerTests {
  /// 2⁻²⁴ is lost beside 1, but two of it are not: the pairs (1, 2⁻²⁴) and (2⁻²⁴, 2⁻²⁴) are 1 and
  /// 2⁻²³ and add up to 1 + 2⁻²³; from left to right the sum stays 1.
  /// Every step may cut its nodes otherwise, by the memory that its shards need.
  @Test("the largest node of a step changes no bit of its sum")
  func largestNodeOfStep() {
    let values = (3..<19).map { 1 / Float($0) }
    func sum(_ shards: Range<Int>) -> Float {
      guard shards.count > 1 else { return values[shards.lowerBound] }
      let middle = shards.lowerBound + shards.count / 2
      return sum(shards.lowerBound..<middle) + sum(middle..<shards.upperBound)
    }
    let reducer = GradientReducer(count: 1, tree: SumTree(shards: 16))
    for largest in [16, 1, 4, 16, 2] {
      reducer.begin(largestNode: largest)
      #expect(reducer.nodes.map(\.count) == .init(repeating: largest, count: 16 / largest))
      for node in reducer.nodes { reducer.accumulate(node) { $0[0] = sum(node) } }
      #expect(reducer.sum()[0].bitPattern == sum(0..<16).bitPattern)
    }
  }

  @Test("siblings are added before their parents")
  func order() {
    let tiny: Float = 0x1p-24
    let reducer = GradientReducer(count: 1, tree: SumTree(shards: 4), largestNode: 1)
    reducer.begin()
    for (node, value) in zip(reducer.nodes, [1, tiny, tiny, tiny]) {
      reducer.accumulate(node) { $0[0] = value }
    }
    #expect(reducer.sum()[0] == 1 + 2 * tiny)
    #expect(1 + tiny + tiny + tiny == 1)
  }

  @Test("the nodes of a rank are the fewest, or cut to a size", arguments: 1...9)
  func nodes(ranks: Int) {
    let tree = SumTree(shards: 8)
    for largest in [1, 2, 3, 8] {
      let nodes = (0..<ranks).flatMap {
        GradientReducer(count: 1, tree: tree, rank: $0, ranks: ranks, largestNode: largest).nodes
      }
      #expect(nodes.flatMap { Array($0) } == Array(0..<8))
      for node in nodes {
        #expect(node.count <= largest && node.count & (node.count - 1) == 0)
        #expect(node.lowerBound % node.count == 0)
      }
    }
    let whole = GradientReducer(count: 1, tree: tree, rank: ranks - 1, ranks: ranks).nodes
    #expect(whole.count == (8 / ranks).nonzeroBitCount || 8 % ranks != 0)
  }

  @Test("sums lie in the same memory step after step")
  func reuse() {
    let reducer = GradientReducer(count: 3, tree: SumTree(shards: 8), largestNode: 1)
    var totals: Set<UnsafeMutablePointer<Float>?> = []
    for step in 1...4 {
      reducer.begin()
      for node in reducer.nodes {
        reducer.accumulate(node) { slab in
          for i in slab.indices { slab[i] = Float(step * (i + 1)) }
        }
      }
      let total = reducer.sum()
      #expect(Array(total) == [8, 16, 24].map { $0 * Float(step) })
      totals.insert(total.baseAddress)
    }
    #expect(totals.count == 1)
  }

  @Test("what a node throws and returns reaches the caller, and a new sum can begin")
  func throwing() throws {
    struct Overflow: Error {}
    let reducer = GradientReducer(count: 1, tree: SumTree(shards: 2), largestNode: 1)
    reducer.begin()
    #expect(reducer.accumulate(0..<1) { _ in 5 } == 5)
    #expect(throws: Overflow.self) { try reducer.accumulate(1..<2) { _ in throw Overflow() } }
    reducer.begin()
    for node in reducer.nodes { reducer.accumulate(node) { $0[0] = 1 } }
    #expect(reducer.sum()[0] == 2)
  }

  @Test("a node left out, repeated or out of order is a mistake of the caller")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let reducer = GradientReducer(count: 1, tree: SumTree(shards: 2), largestNode: 1)
      reducer.accumulate(0..<1) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      let reducer = GradientReducer(count: 1, tree: SumTree(shards: 2), largestNode: 1)
      reducer.begin()
      reducer.accumulate(1..<2) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      let reducer = GradientReducer(count: 1, tree: SumTree(shards: 2), largestNode: 1)
      reducer.begin()
      reducer.accumulate(0..<1) { _ in }
      _ = reducer.sum()
    }
  }
}
