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
        let settings = Self.size + ["precision=\(precision)"]
        for ranks in [1, 2, 3] {
          try place.trained(ranks: ranks, "on\(ranks)", settings, ["--stop-after", "9"])
          let log = try place.text("on\(ranks)/run.jsonl")
          #expect(log.contains("\"replica\":\"one a host\"") == (ranks > 1))
          #expect(log.contains("\"reduction\":\"shared memory\"") == (ranks > 1))
        }
        for ranks in [2, 3] { try place.expectSame("on1/last.h5", "on\(ranks)/last.h5") }
      }
    }

    @Test("a run goes on in shared memory from a checkpoint, and ends alike")
    func resume() throws {
      try withWorkplace { place in
        try place.trained("quiet", Self.size, ["--stop-after", "9"])
        try place.trained(ranks: 2, "cut", Self.size, ["--stop-after", "4"])
        try place.trained(ranks: 3, "cut", Self.size, ["--stop-after", "9", "--resume"])
        try place.expectSame("quiet/last.h5", "cut/last.h5")
      }
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
