import Foundation
import TestSupport
import Testing
import Typesetting

extension ProgramTests {
  /// What is drawn for people fits their terminals.
  @Suite("Terminals")
  struct TerminalTests {
    @Test("tables fit the terminal, and a pipe gets a line a row")
    func tables() throws {
      try withOldCheckpoint("copymtl-one") { place in
        let commands = [
          ["data", "stats", "old"],
          ["evaluate", "--checkpoint", "old.h5", "--data", "old/dev.jsonl"],
          [
            "evaluate", "--checkpoint", "old.h5", "--checkpoint", "old.h5", "--data",
            "old/dev.jsonl",
          ], ["--help"], ["evaluate", "--help"],
        ]
        for command in commands {
          let piped = try place.tercet(command)
          for columns in [40, 80, 200] {
            let shown = try Terminal.output(
              of: [program.path] + command, columns: columns, in: place)
            #expect(shown.status == 0, "\(shown.stderr)")
            // An example is to be copied as it stands.
            let lines = shown.drawn.prefix { $0 != "Examples:" }
            for line in lines { #expect(line.columns <= columns, "\(line)") }
            let words = { (text: String) in Set(text.split(whereSeparator: \.isWhitespace)) }
            #expect(words(piped.stdout).isSubset(of: words(shown.stdout)), "\(columns)")
            if columns == 200 && !command.contains("--help") {
              #expect(shown.stdout.replacing("\r\n", with: "\n") == piped.stdout)
            }
          }
        }
      }
    }

    /// What is drawn of the steps of a training, eight an epoch.
    private func steps(
      _ place: Workplace, ranks: Int, epochs: Int, columns: Int, later: Int? = nil
    ) throws -> [String] {
      let launcher =
        ranks == 1
        ? [] : [mpirunPath ?? "mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "\(ranks)"]
      let run = try Terminal.output(
        of: launcher + [program.path, "train", place.path("config.yaml")]
          + ["--set", "log.every=1000", "--set", "epochs=\(epochs)", "--checkpoints"]
          + [place.path("run\(columns)")],
        columns: columns, later: later, in: place)
      #expect(run.status == 0, "\(run.stderr)")
      let drawn = run.drawn.filter { $0.contains("step ") && $0.contains("  loss ") }
      #expect(drawn.count == 8 * epochs)
      #expect(drawn.last?.hasPrefix("epoch \(epochs)/\(epochs)  step \(8 * epochs)") == true)
      return drawn
    }

    @Test("the line of progress fits the terminal as it is when it is drawn")
    func resized() throws {
      try withWorkplace { place in
        let drawn = try steps(place, ranks: 1, epochs: 40, columns: 200, later: 40)
        #expect(drawn.first?.contains("sentences/s") == true)
        // The terminal holds some eighty lines that were drawn before it was resized.
        for line in drawn.suffix(100) { #expect(line.columns < 40, "\(line)") }
      }
    }

    @Test("behind mpirun it fits the terminal of mpirun", .enabled(if: hasRanks))
    func launched() throws {
      try withWorkplace { place in
        for (columns, isWhole) in [(40, false), (80, true)] {
          let drawn = try steps(place, ranks: 2, epochs: 2, columns: columns)
          for line in drawn {
            #expect(line.columns < columns && line.contains("sentences/s") == isWhole, "\(line)")
          }
        }
      }
    }
  }
}
