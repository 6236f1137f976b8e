import Randomness
import Testing

@Suite("Counter-based random numbers")
struct RandomnessTests {
  /// `kat_vectors` of Random123, the library of Salmon et al. (SC 2011).
  @Test("known answers of Philox4x32-10")
  func knownAnswers() {
    let ones = UInt32.max
    let vectors: [(counter: [UInt32], key: [UInt32], block: [UInt32])] = [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [ones, ones, ones, ones], [ones, ones],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for (c, k, block) in vectors {
      let lanes = CounterRandom.philox((c[0], c[1], c[2], c[3]), (k[0], k[1]))
      #expect([lanes.0, lanes.1, lanes.2, lanes.3] == block)
    }
  }

  @Test("a stream depends on seed, purpose, epoch and example, and on nothing else")
  func streams() {
    func numbers(
      seed: UInt64 = 1, _ purpose: String = "a", epoch: Int = 0, example: Int = 0
    ) -> [UInt32] {
      let stream = CounterRandom(seed: seed, purpose: purpose, epoch: epoch, example: example)
      return (0..<9).map { stream.bits($0) }
    }
    let streams = [
      numbers(), numbers(seed: 2), numbers(seed: 1 << 40), numbers("b"), numbers("ab"),
      numbers(epoch: 1), numbers(example: 1), numbers(epoch: 1, example: 1),
    ]
    #expect(Set(streams.joined()).count == streams.count * 9, "no number twice")
    #expect(numbers(epoch: 1) == numbers(epoch: 1))
    let stream = CounterRandom(seed: 1, purpose: "a")
    #expect((0..<9).reversed().map { stream.bits($0) } == numbers().reversed(), "in any order")
  }

  /// With 2·10⁵ draws the mean's deviation is 6.5·10⁻⁴. A statistic of χ² with 15 degrees of freedom
  /// is above 45 once in 10⁴ times; the draws are fixed.
  @Test("numbers written together are those of their indices", arguments: 0..<6)
  func together(_ first: Int) {
    let stream = CounterRandom(seed: 11, purpose: "together", example: 3)
    for count in Array(0..<12) + [31, 32, 33, 38, 64, 101] {
      let written = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = buffer.baseAddress {
          stream.writeUniforms(from: first, count: count, to: base)
        }
        initialized = count
      }
      #expect(written == (first..<first + count).map { stream.uniform($0) })
    }
  }

  @Test("uniform numbers are uniform in 0..<1 and not correlated with their neighbours")
  func uniformity() {
    let stream = CounterRandom(seed: 11, purpose: "uniformity")
    let count = 200_000
    let draws = (0..<count).map { Double(stream.uniform($0)) }
    #expect(draws.allSatisfy { 0 <= $0 && $0 < 1 && ($0 * 0x1p24).rounded() == $0 * 0x1p24 })
    #expect(abs(draws.reduce(0, +) / Double(count) - 0.5) < 3e-3)
    var buckets = [Double](repeating: 0, count: 16)
    for draw in draws { buckets[Int(draw * 16)] += 1 }
    let expected = Double(count) / 16
    #expect(buckets.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected } < 45)
    for lag in [1, 4] {
      let products = zip(draws, draws.dropFirst(lag)).map { ($0 - 0.5) * ($1 - 0.5) }
      #expect(abs(products.reduce(0, +) / Double(count)) * 12 < 0.01)
    }
  }

  @Test("integers below a bound come equally often", arguments: [1, 2, 3, 7, 100])
  func integers(bound: Int) {
    let stream = CounterRandom(seed: 12, purpose: "integers")
    var counts = [Double](repeating: 0, count: bound)
    for i in 0..<1000 * bound { counts[stream.integer(i, below: bound)] += 1 }
    // Each count's deviation is about √1000 = 32.
    #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test("a permutation holds each index once, and all permutations are equally likely")
  func permutations() {
    for count in [0, 1, 2, 5, 1000] {
      let order = CounterRandom(seed: 13, purpose: "permutation").permutation(count)
      #expect(order.sorted() == Array(0..<count))
    }
    var counts: [[Int]: Int] = [:]
    for example in 0..<6000 {
      let stream = CounterRandom(seed: 13, purpose: "permutation", example: example)
      counts[stream.permutation(3), default: 0] += 1
    }
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test("a bound of zero is a mistake of the caller")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = CounterRandom(seed: 1, purpose: "a").integer(0, below: 0)
    }
  }
}
