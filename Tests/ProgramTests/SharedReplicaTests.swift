import TestSupport
import Testing

extension ProgramTests {
  /// A model of half a million parameters, which ranks of one host have in common.
  @Suite("Ranks that share a replica", .enabled(if: hasRanks))
  struct SharedReplicaTests {
    static let size = ["model.hidden=160", "batch.size=22"]

    @Test(
      "one copy of the parameters and of the packed weights gives the bits of one rank",
      arguments: ["float32", "bfloat16"])
    func sameBits(_ precision: String) throws {
      try withWorkplace { place in
        try place.expectSameBits(
          Self.size + ["precision=\(precision)"],
          said: ["\"replica\":\"one a host\"", "\"reduction\":\"shared memory\""])
      }
    }

    @Test("a run goes on in shared memory from a checkpoint, and ends alike")
    func resume() throws {
      try withWorkplace { place in try place.expectToGoOn(Self.size) }
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
