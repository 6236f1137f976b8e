import TestSupport
import Testing

extension ProgramTests {
  /// A model of half a million parameters, which ranks of one host have in common.
  @Suite("Ranks that share a replica", .enabled(if: hasRanks))
  struct SharedReplicaTests {
    static let size = ["model.hidden=160", "batch.size=22"]

    @Test(
      "one copy of the parameters and of the packed weights gives the bits of one rank",
      arguments: ["precision=float32", "precision=bfloat16", "optimizer.average=0.9"])
    func sameBits(_ setting: String) throws {
      try withWorkplace { place in
        try place.expectSameBits(
          Self.size + [setting],
          said: ["\"replica\":\"one a host\"", "\"reduction\":\"shared memory\""])
      }
    }

    @Test(
      "a run goes on in shared memory from a checkpoint, and ends alike",
      arguments: ["optimizer.average=0", "optimizer.average=0.9"])
    func resume(_ setting: String) throws {
      try withWorkplace { place in try place.expectToGoOn(Self.size + [setting]) }
    }

    @Test("where the library adds each rank has its own replica, for each updates all of it")
    func ownReplica() throws {
      try withWorkplace { place in
        try place.trained(
          ranks: 2, "on2", Self.size + ["reduction=allreduce"], ["--stop-after", "3"])
        #expect(try place.text("on2/run.jsonl").contains("\"replica\":\"one a rank\""))
      }
    }
  }
}
