import Collectives
import Testing

@Suite("Sums over shards within one process")
struct TreeReductionTests {
  /// 2⁻²⁴ is lost beside 1, but two of it are not: the pairs (1, 2⁻²⁴) and (2⁻²⁴, 2⁻²⁴) are 1 and
  /// 2⁻²³ and add up to 1 + 2⁻²³; from left to right the sum stays 1.
  @Test("siblings are added before their parents")
  func order() {
    let tiny: Float = 0x1p-24
    let reduction = TreeReduction(count: 1, tree: ShardTree(shards: 4))
    reduction.begin()
    for (shard, value) in [1, tiny, tiny, tiny].enumerated() {
      reduction.accumulate(shard) { $0[0] += value }
    }
    #expect(reduction.sum()[0] == 1 + 2 * tiny)
    #expect(1 + tiny + tiny + tiny == 1)
  }

  @Test("each shard starts with zeros, in the same memory step after step")
  func reuse() {
    let reduction = TreeReduction(count: 3, tree: ShardTree(shards: 8))
    var totals: Set<UnsafeMutablePointer<Float>?> = []
    for step in 1...4 {
      reduction.begin()
      for shard in reduction.shards {
        reduction.accumulate(shard) { slab in
          #expect(slab.allSatisfy { $0.bitPattern == 0 })
          for i in slab.indices { slab[i] += Float(step * (i + 1)) }
        }
      }
      let total = reduction.sum()
      #expect(Array(total) == [8, 16, 24].map { $0 * Float(step) })
      totals.insert(total.baseAddress)
    }
    #expect(totals.count == 1)
  }

  @Test("what a shard throws and returns reaches the caller, and a new sum can begin")
  func throwing() throws {
    struct Overflow: Error {}
    let reduction = TreeReduction(count: 1, tree: ShardTree(shards: 2))
    reduction.begin()
    #expect(reduction.accumulate(0) { _ in 5 } == 5)
    #expect(throws: Overflow.self) { try reduction.accumulate(1) { _ in throw Overflow() } }
    reduction.begin()
    for shard in reduction.shards { reduction.accumulate(shard) { $0[0] += 1 } }
    #expect(reduction.sum()[0] == 2)
  }

  @Test("a shard left out, repeated or out of order is a mistake of the caller")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let reduction = TreeReduction(count: 1, tree: ShardTree(shards: 2))
      reduction.accumulate(0) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      let reduction = TreeReduction(count: 1, tree: ShardTree(shards: 2))
      reduction.begin()
      reduction.accumulate(1) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      let reduction = TreeReduction(count: 1, tree: ShardTree(shards: 2))
      reduction.begin()
      reduction.accumulate(0) { _ in }
      _ = reduction.sum()
    }
  }
}
