import TestSupport
import Testing

extension ProgramTests {
  /// A model most of whose parameters are word vectors.
  @Suite("Ranks that send of a table what changes", .enabled(if: hasRanks))
  struct TableTests {
    static let size = ["model.embedding=256", "batch.size=22", "optimizer.clip=0.5"]

    @Test(
      "the bits are those of one rank, also where gradients are accumulated",
      arguments: [[], ["batch.accumulate=2", "batch.shards=4"]])
    func sameBits(_ variant: [String]) throws {
      try withWorkplace { place in
        for ranks in [1, 2, 3] {
          try place.trained(ranks: ranks, "on\(ranks)", Self.size + variant, ["--stop-after", "9"])
          let log = try place.text("on\(ranks)/run.jsonl")
          #expect(log.contains("of tables what changes") == (ranks > 1))
        }
        for ranks in [2, 3] { try place.expectSame("on1/last.h5", "on\(ranks)/last.h5") }
      }
    }

    @Test("a run goes on from a checkpoint on another number of ranks, and ends alike")
    func resume() throws {
      try withWorkplace { place in
        try place.trained("quiet", Self.size, ["--stop-after", "9"])
        try place.trained(ranks: 3, "cut", Self.size, ["--stop-after", "4"])
        try place.trained(ranks: 2, "cut", Self.size, ["--stop-after", "9", "--resume"])
        try place.expectSame("quiet/last.h5", "cut/last.h5")
      }
    }
  }
}
