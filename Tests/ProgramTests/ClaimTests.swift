import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// A folder belongs to one run at a time.
  @Suite("One folder, one run", .enabled(if: hasRanks))
  struct ClaimTests {
    @Test("a second start is refused on every rank and names the first; a dead one is passed over")
    func secondStart() throws {
      try withWorkplace { place in
        let script = """
          mkdir run; : > run/run.jsonl
          "$0" train config.yaml --checkpoints run --set epochs=100000 & run=$!
          tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"evaluation"'
          ranks() { mpirun -q --allow-run-as-root --oversubscribe --bind-to none -n 2 "$@"; }
          for start in "" --resume --overwrite --resume=run/last.h5; do
            for form in "" ranks; do
              $form "$0" train config.yaml --checkpoints run --set epochs=100000 $start
              echo "status $?" >&2
            done
          done
          "$0" evaluate --checkpoint run/last.h5 --data data/dev.jsonl >/dev/null
          echo "evaluate $?" >&2
          kill -KILL $run; wait $run
          "$0" train config.yaml --checkpoints run --resume --set epochs=100000 --stop-after 1
          echo "next $?" >&2
          echo "process $run" >&2
          """
        let result = try runProcess("/bin/bash", ["-c", script, program.path], in: place.folder)
        var lines = result.complaints.filter { !$0.contains("Killed") }
        let process = lines.removeLast().replacing("process ", with: "")
        #expect(lines.suffix(2) == ["evaluate 0", "next 0"], "\(result.stderr)")
        let refusal = "tercet: run: is in use by another run, process \(process) on "
        let refused = lines.dropLast(2)
        #expect(refused.count == 16 && refused.count { $0 == "status 1" } == 8, "\(refused)")
        #expect(refused.count { $0.hasPrefix(refusal) } == 8, "\(refused)")
        let log = try place.text("run/run.jsonl")
        #expect(log.matches(of: /"event":"start"/).count == 2)
        #expect(!place.names("run").contains("run.lock"))
      }
    }
  }
}
