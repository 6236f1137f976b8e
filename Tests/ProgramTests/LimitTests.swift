import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// What the system refuses ends a run with a line that names the limit, and never with a trap.
  @Suite("Limits of the system")
  struct LimitTests {
    /// Runs `tercet` under a limit of the shell, in kilobytes or as a number.
    static func limited(
      _ place: Workplace, _ limit: String, _ arguments: [String]
    ) throws -> ProcessResult {
      try runProcess(
        "/bin/bash", ["-c", "ulimit \(limit); exec \"$0\" \"$@\"", program.path] + arguments,
        in: place.folder, timeout: 60)
    }

    static func train(_ place: Workplace, _ settings: [String]) -> [String] {
      ["train", "config.yaml", "--checkpoints", "run", "--overwrite", "--stop-after", "2"]
        + settings.flatMap { ["--set", $0] }
    }

    @Test(
      "memory: from too little to enough, a run names the limit or trains", .enabled(if: unwatched))
    func memory() throws {
      try withWorkplace { place in
        var trained = 0
        for (library, kilobytes) in [
          ("auto", 300_000), ("auto", 400_000), ("auto", 550_000), ("auto", 2_000_000),
          // OpenBLAS would ask for its memory for ever.
          ("openblas", 300_000), ("openblas", 500_000), ("openblas", 2_000_000),
        ] {
          let result = try Self.limited(
            place, "-v \(kilobytes)", Self.train(place, ["products=\(library)"]))
          if result.status == 0 {
            trained += 1
            continue
          }
          let lines = result.complaints.filter { $0.hasPrefix("tercet: ") }
          // Open MPI ends a process that has no memory for the session, with words and a status of its own.
          let words = ["memory in opal_", "Out of resource", "orte_init failed"]
          if lines.isEmpty && words.contains(where: result.stderr.contains) {
            #expect(0 < result.status && result.status < 128, "\(kilobytes): \(result.stderr)")
            continue
          }
          #expect(result.status == 1 && lines.count == 1, "\(kilobytes): \(result.stderr)")
          #expect(lines.first?.contains("'ulimit -v' is \(kilobytes)") == true, "\(lines)")
        }
        #expect(trained >= 2)
      }
    }

    @Test(
      "memory that one array asks for is counted, in place of the runtime's own words",
      .enabled(if: unwatched))
    func array() throws {
      try withWorkplace { place in
        try place.write(
          Data(repeating: UInt8(ascii: "a"), count: 200_000_000), to: "long.jsonl")
        let result = try Self.limited(place, "-v 500000", ["data", "stats", "long.jsonl"])
        #expect(result.status == 1 && result.complaints.count == 1, "\(result)")
        let line =
          /tercet: no memory for \d{8,} bytes beside \d+ kB of addresses: 'ulimit -v' is 500000; .*/
        #expect(result.complaints.first?.wholeMatch(of: line) != nil, "\(result.stderr)")
      }
    }

    @Test(
      "a checkpoint is not called damaged where its reader has no memory", .enabled(if: unwatched))
    func reader() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let names = place.names("run")
        let result = try Self.limited(
          place, "-v 180000",
          ["evaluate", "--checkpoint", "run/last.h5", "--data", "data/dev.jsonl"])
        #expect(result.status == 1 && result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains("no memory"), "\(result.stderr)")
        #expect(result.stderr.contains("'ulimit -v' is 180000"), "\(result.stderr)")
        #expect(place.names("run") == names)
      }
    }

    @Test("descriptors: the limit is named", arguments: [6, 7, 8])
    func descriptors(limit: Int) throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let result = try Self.limited(
          place, "-n \(limit)",
          ["evaluate", "--checkpoint", "run/last.h5", "--data", "data/dev.jsonl"])
        #expect(result.status == 1 && result.complaints.count == 1, "\(result.stderr)")
        #expect(
          result.stderr.contains("Too many open files ('ulimit -n' is \(limit))"),
          "\(result.stderr)")
      }
    }

    @Test("more threads than processors need a key that says so", .enabled(if: hasRanks))
    func threads() throws {
      try withWorkplace { place in
        let settings = ["threads=4000", "oversubscribe=false"]
        for ranks in [1, 2] {
          let result = try place.train(ranks: ranks, "run", settings)
          #expect(result.status == 1 && result.complaints.count == 1, "\(result.stderr)")
          for word in ["'threads' is 4000", " processors; lower it, or set oversubscribe=true"] {
            #expect(result.stderr.contains(word), "\(result.stderr)")
          }
          #expect(place.names("run").isEmpty)
        }
      }
    }

    @Test("OpenBLAS gets one thread, whatever the environment says")
    func threadsOfOpenBLAS() throws {
      try withWorkplace { place in
        let script = """
          mkdir run; : > run/run.jsonl
          OPENBLAS_NUM_THREADS=$1 "$0" train config.yaml --checkpoints run --set epochs=1000 \
            --set products=openblas & run=$!
          tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"evaluation"'
          echo "threads $(ls /proc/$run/task | wc -l)"
          kill -KILL $run; wait $run
          """
        let counts = try ["1", "7"].map { count in
          let result = try runProcess(
            "/bin/bash", ["-c", script, program.path, count], in: place.folder)
          try FileManager.default.removeItem(atPath: place.path("run"))
          return result.stdout.split(separator: "\n").last { $0.hasPrefix("threads ") }
        }
        #expect(counts[0] != nil && counts[0] == counts[1], "\(counts)")
      }
    }
  }
}

/// Whether memory can be limited: a sanitizer takes all addresses.
private let unwatched = Sanitizer.current == nil
