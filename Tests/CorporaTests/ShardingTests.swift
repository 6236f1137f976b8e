import Corpora
import Testing

@Suite("Cutting minibatches into shards")
struct ShardingTests {
  static let batches: [[Int]] = [
    [], [7], [3, 9], [5, 5, 5], (1...7).map { $0 }, [200] + [Int](repeating: 3, count: 30),
    (0..<100).map { 5 + ($0 * 31) % 60 }, [Int](repeating: 12, count: 64),
    (0..<33).map { $0 % 2 == 0 ? 1 : 90 },
  ]

  @Test(
    "every sentence once, longest first, in shards of about equal token counts", arguments: batches)
  func shards(lengths: [Int]) {
    for count in [1, 2, 4, 8, 16] {
      let shards = BatchPartition.shards(of: lengths, count: count)
      #expect(shards.count == count)
      #expect(shards.joined().sorted() == Array(lengths.indices))
      let (total, longest) = (lengths.reduce(0, +), lengths.max() ?? 0)
      for shard in shards {
        let tokens = shard.map { lengths[$0] }
        #expect(tokens == tokens.sorted(by: >))
        // A sentence's middle lies in its run, so that half of it may stick out at either end.
        #expect(tokens.reduce(0, +) <= total / count + longest)
      }
    }
  }

  @Test("a shard's sentences are neighbours in length")
  func similarity() {
    let lengths = (0..<100).map { 5 + ($0 * 31) % 60 }
    let ranges = BatchPartition.shards(of: lengths, count: 8)
      .map { shard in shard.map { lengths[$0] } }
      .sorted { $0[0] > $1[0] }
    #expect(Array(ranges.joined()) == lengths.sorted(by: >))
  }

  @Test("ranges of shards hold long and short sentences alike, for any number of ranks")
  func ranks() {
    let lengths = (0..<256).map { 5 + ($0 * 31) % 60 }
    let shards = BatchPartition.shards(of: lengths, count: 8).map { $0.map { lengths[$0] } }
    let ordered = shards.sorted { $0[0] > $1[0] }
    for ranks in [2, 4] {
      func mostSentences(_ shards: [[Int]]) -> Int {
        shards.chunks(of: 8 / ranks).map { $0.joined().count }.max() ?? 0
      }
      #expect(mostSentences(shards) < mostSentences(ordered))
    }
  }

  @Test("with fewer sentences than shards each has a shard of its own, others are empty")
  func few() {
    for (lengths, count) in [([7], 8), ([3, 9], 4), ([4, 4, 4], 8), ([6, 6, 6, 6], 4)] {
      let shards = BatchPartition.shards(of: lengths, count: count)
      #expect(shards.filter { !$0.isEmpty }.count == lengths.count)
    }
  }

  @Test("equal sentences stay in order; the middle of a sentence says where it goes")
  func ties() {
    #expect(BatchPartition.shards(of: [4, 4, 4, 4], count: 2) == [[0, 1], [2, 3]])
    #expect(BatchPartition.shards(of: [4, 4, 4, 4], count: 4) == [[0], [2], [1], [3]])
    #expect(BatchPartition.shards(of: [1, 9], count: 1) == [[1, 0]])
    // The second sentence begins in the first half of all tokens; its middle is in the second.
    #expect(BatchPartition.shards(of: [7, 5, 4], count: 2) == [[0], [1, 2]])
  }

  @Test("a number of shards that is no power of two is a mistake of the caller")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = BatchPartition.shards(of: [3], count: 3) }
    await #expect(processExitsWith: .failure) { _ = BatchPartition.shards(of: [3], count: 0) }
  }
}
