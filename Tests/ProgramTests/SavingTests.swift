import Foundation
import TestSupport
import Testing

extension Workplace {
  /// A corpus in the folder `large` whose word table is what takes long to copy; its sentences are short.
  fileprivate func writeLargeVocabulary(words: Int) throws {
    let lines = stride(from: 0, to: words, by: 4).map { first in
      let tokens = (first..<first + 4).map { "\"w\($0)\"" }.joined(separator: ",")
      return #"{"tokens":[\#(tokens)],"triples":[{"head":[0,0],"relation":"r","tail":[3,3]}]}"#
    }
    try write(lines.joined(separator: "\n") + "\n", to: "large/train.jsonl")
    try write(lines[0] + "\n", to: "large/dev.jsonl")
  }
}

extension ProgramTests {
  /// Small versions of the proofs in `Tests/Cluster`, and what the run log says of saves.
  @Suite("Saving", .enabled(if: hasRanks))
  struct SavingTests {
    private func proof(_ name: String, _ arguments: String...) throws -> ProcessResult {
      let script = packageRoot.appending(path: "Tests/Cluster/\(name).py").path
      return try runProcess(
        "/usr/bin/python3", ["-B", script, program.path] + arguments,
        environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"],
        timeout: 240)
    }

    @Test(
      "a run that is killed while it saves leaves whole checkpoints, and resumes to the same end")
    func killed() throws {
      let result = try proof("crash_saves", "8")
      #expect(result.status == 0, "\(result.stderr)")
      #expect(result.stdout.contains("kills 8 unreadable 0 mixed 0 lost 0; "), "\(result.stdout)")
    }

    @Test("a damaged newest checkpoint is named, set aside, and the one before it used")
    func damaged() throws {
      let result = try proof("damage_checkpoints", "3", "3")
      let counts = "flipped 3 refused 3 cut 3 refused 3 foreign 12 refused 12 crashes 0 silent 0\n"
      #expect(result.stdout == counts, "\(result.stderr)")
    }

    @Test("saves that fail for a while lose nothing")
    func failing() throws {
      let result = try proof("full_disk")
      #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
      #expect(result.stdout.contains("file size limit: failed saves"))
    }

    @Test("the run log has a line for each save, by steps, by minutes, and at the ends of epochs")
    func logged() throws {
      try withWorkplace { place in
        try place.trained("steps", ["checkpoint.every=3"], ["--stop-after", "8"])
        #expect(try place.events("steps", "save") == ["3", "6", "8"])
        // A moment is over after every step, for all ranks when it is for rank 0.
        for ranks in [1, 3] {
          try place.trained(
            ranks: ranks, "minutes\(ranks)", ["checkpoint.minutes=1e-9"], ["--stop-after", "3"])
          #expect(try place.events("minutes\(ranks)", "save") == ["1", "2", "3"])
        }
        try place.trained("hour", ["checkpoint.minutes=60"], ["--stop-after", "3"])
        #expect(try place.events("hour", "save") == ["3"])
        let line = try #require(
          place.text("steps/run.jsonl").split(separator: "\n").first { $0.contains(#""save""#) })
        for key in ["file", "stall_seconds", "write_seconds"] {
          #expect(line.contains("\"\(key)\":"))
        }
        #expect(line.contains("steps/step-00000003.h5"))
      }
    }

    @Test(
      "a checkpoint is that of its step, though the next one runs while it is copied",
      arguments: [1, 2])
    func copiedInTime(ranks: Int) throws {
      try withWorkplace { place in
        try place.writeLargeVocabulary(words: 40_000)
        let settings = [
          "data.directory=\(place.path("large"))", "model.embedding=64", "batch.size=2",
        ]
        try place.trained(
          ranks: ranks, "busy", settings + ["checkpoint.every=1"], ["--stop-after", "3"])
        for step in [1, 2] {
          try place.trained(ranks: ranks, "step\(step)", settings, ["--stop-after", "\(step)"])
          try place.expectSame("busy/step-0000000\(step).h5", "step\(step)/last.h5")
        }
      }
    }

    @Test("a damaged best checkpoint comes back from the file of its step")
    func damagedBest() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "9"])
        let best = try place.contents("run/best.h5")
        try place.remove("run/best.h5")
        try place.write(best.dropLast(), to: "run/best.h5")
        let result = try place.trained(ranks: 2, "run", [], ["--resume", "--stop-after", "9"])
        #expect(result.complaints.count == 1)
        #expect(result.stderr.contains("run/best.h5: is cut short"), "\(result.stderr)")
        #expect(result.stderr.contains("set aside as best.h5.damaged"), "\(result.stderr)")
        #expect(try place.contents("run/best.h5") == best)
      }
    }
  }
}
