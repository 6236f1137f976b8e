import Corpora
import Testing

@Suite("The order of an epoch")
struct OrderTests {
  static let costs = (0..<103).map { 3 + ($0 * 37) % 60 }

  private func order(
    seed: UInt64 = 1, batch: Int = 10, pool: Int = 1, _ sampling: Sampling = .permutation,
    costs: [Int] = Self.costs
  ) -> EpochSampler {
    EpochSampler(costs: costs, seed: seed, batchSize: batch, pool: pool, sampling: sampling)
  }

  @Test(
    "every sentence comes once, the last minibatch being the rest", arguments: [1, 10, 103, 500])
  func permutation(batch: Int) {
    for pool in [1, 3, 100] {
      let order = order(batch: batch, pool: pool)
      let batches = order.batches(epoch: 2)
      #expect(batches.joined().sorted() == Array(0..<103))
      #expect(batches.count == (103 + batch - 1) / batch)
      #expect(batches.filter { $0.count != batch }.map(\.count) == [103 % batch].filter { $0 > 0 })
    }
  }

  @Test("an order follows from seed and epoch; other ones differ")
  func determinism() {
    for pool in [1, 4] {
      let batches = order(pool: pool).batches(epoch: 3)
      #expect(order(pool: pool).batches(epoch: 3) == batches)
      #expect(order(pool: pool).batches(epoch: 4) != batches)
      #expect(order(seed: 2, pool: pool).batches(epoch: 3) != batches)
    }
    let repeated = order(.withReplacement)
    #expect(repeated.batches(epoch: 0) == repeated.batches(epoch: 0))
    #expect(repeated.batches(epoch: 0) != repeated.batches(epoch: 1))
  }

  @Test("a pool's minibatches hold neighbours in length, and come in any order")
  func pools() {
    let plain = order().batches(epoch: 5)
    let pooled = order(pool: 4).batches(epoch: 5)
    var ascending = 0
    for (members, batches) in zip(plain.chunks(of: 4), pooled.chunks(of: 4)) {
      #expect(members.joined().sorted() == batches.joined().sorted(), "pools are runs of the order")
      let sorted = batches.map { $0.map { Self.costs[$0] } }.sorted { $0[0] < $1[0] }
      #expect(sorted.allSatisfy { $0 == $0.sorted() })
      #expect(Array(sorted.joined()) == sorted.joined().sorted())
      let firsts = batches.map { Self.costs[$0[0]] }
      if firsts == firsts.sorted() { ascending += 1 }
    }
    #expect(ascending < 3)
  }

  @Test("with replacement: as many sentences, some twice and some never")
  func replacement() {
    let drawn = order(.withReplacement).batches(epoch: 1).joined()
    #expect(drawn.count == 103 && drawn.allSatisfy { (0..<103).contains($0) })
    // 1 − 1/e of them are expected, 65 of 103.
    #expect((50..<80).contains(Set(drawn).count))
  }

  @Test("file order is that of the file in each epoch")
  func fileOrder() {
    for epoch in 0..<3 {
      let batches = order(.fileOrder).batches(epoch: epoch)
      #expect(Array(batches.joined()) == Array(0..<103))
    }
  }

  @Test("runs of elements")
  func chunks() {
    #expect([1, 2, 3, 4, 5].chunks(of: 2) == [[1, 2], [3, 4], [5]])
    #expect([1, 2].chunks(of: 5) == [[1, 2]] && [Int]().chunks(of: 3).isEmpty)
    #expect(order(costs: []).batches(epoch: 0).isEmpty)
  }
}
