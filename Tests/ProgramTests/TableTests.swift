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
        try place.expectSameBits(Self.size + variant, said: ["of tables what changes"])
      }
    }

    @Test("a run goes on from a checkpoint on another number of ranks, and ends alike")
    func resume() throws {
      try withWorkplace { place in try place.expectToGoOn(Self.size) }
    }
  }
}
