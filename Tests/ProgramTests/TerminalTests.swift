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

    /// What is drawn of the progress of a training, eight steps an epoch, some of them between two drawings, and the
    /// lines of its epochs.
    private func progress(
      _ place: Workplace, ranks: Int, epochs: Int, columns: Int, later: Int? = nil
    ) throws -> (drawn: [String], rows: [String]) {
      let launcher =
        ranks == 1
        ? [] : [mpirunPath ?? "mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "\(ranks)"]
      let run = try Terminal.output(
        of: launcher + [program.path, "train", place.path("config.yaml")]
          + ["--set", "log.every=1000", "--set", "epochs=\(epochs)", "--checkpoints"]
          + [place.path("run\(columns)")],
        columns: columns, later: later, in: place)
      #expect(run.status == 0, "\(run.stderr)")
      let drawn = run.drawn.filter { $0.contains(#/^ *\d+/\d+ .*\d%/#) }
      #expect(drawn.count >= epochs)
      #expect(drawn.last?.hasPrefix("\(epochs)/\(epochs) ") == true || columns > 40)
      let rows = run.drawn.filter { !$0.contains("%") }.filter {
        $0.wholeMatch(of: #/ *(epoch|\d+) +[L.\d].*/#) != nil
      }
      return (drawn, rows)
    }

    @Test("the line of progress and the table fit the terminal as it is when they are drawn")
    func resized() throws {
      try withWorkplace { place in
        let (drawn, rows) = try progress(place, ranks: 1, epochs: 40, columns: 200, later: 40)
        #expect(drawn.first?.contains("step ") == true && drawn.first?.contains("━") == true)
        // The terminal holds some dozens of lines that were drawn before it was resized.
        for line in drawn.suffix(20) { #expect(line.columns < 40, "\(line)") }
        let headers = rows.filter { $0.contains("epoch") }
        #expect(rows.count == 40 + headers.count, "a line an epoch, and a header for each width")
        // The terminal may be resized before the first epoch has ended.
        #expect(headers.count == 1 || headers.count == 2 && headers[0].contains("sent/s"))
        for line in rows.suffix(5) { #expect(line.columns <= 40, "\(line)") }
      }
    }

    @Test("behind mpirun it fits the terminal of mpirun", .enabled(if: hasRanks))
    func launched() throws {
      try withWorkplace { place in
        for (columns, isWhole) in [(40, false), (80, true)] {
          let (drawn, rows) = try progress(place, ranks: 2, epochs: 2, columns: columns)
          for line in drawn {
            #expect(line.columns < columns && (line.contains("L_E") || !isWhole), "\(line)")
          }
          #expect(rows.count == 3 && rows.allSatisfy { $0.columns < columns }, "\(rows)")
        }
      }
    }

    static let styles: [(flags: [String], environment: [String: String], draws: Bool, rows: Int)] =
      [
        ([], [:], true, 3), (["--progress", "bar"], [:], true, 3),
        (["--progress", "lines"], [:], false, 0), (["--progress", "off"], [:], false, 0),
        (["--quiet"], [:], false, 0), ([], ["TERM": "dumb"], false, 0),
      ]

    @Test("--progress, --quiet and TERM say what is shown", arguments: styles)
    func style(
      _ style: (flags: [String], environment: [String: String], draws: Bool, rows: Int)
    ) throws {
      try withWorkplace { place in
        let settings = style.environment.map { "\($0.key)=\($0.value)" }
        let run = try Terminal.output(
          of: ["/usr/bin/env"] + settings + [program.path, "train", place.path("config.yaml")]
            + ["--set", "epochs=2", "--set", "log.every=8", "--checkpoints", place.path("run")]
            + style.flags, columns: 80, in: place)
        #expect(run.status == 0, "\(run.stderr)")
        #expect(run.stdout.contains("\u{1B}[K") == style.draws)
        let lines = run.drawn.count { $0.contains(#/^\d\d:\d\d:\d\d  epoch /#) }
        let isPlain = style.flags.contains("lines") || !style.environment.isEmpty
        #expect(lines == (isPlain ? 4 : 0), "\(run.stdout)")
        #expect(run.drawn.isEmpty == style.flags.contains("--quiet"))
        #expect(run.stdout.contains("best: epoch ") != style.flags.contains("--quiet"))
      }
    }

    @Test("colours are those of a terminal, unless NO_COLOR is set")
    func colours() throws {
      try withWorkplace { place in
        for (setting, isColoured) in [("NO_COLOR=1", false), ("NO_COLOR=", true)] {
          let run = try Terminal.output(
            of: ["/usr/bin/env", setting, program.path, "train", place.path("config.yaml")]
              + ["--set", "epochs=1", "--checkpoints", place.path("run"), "--overwrite"],
            columns: 80, in: place)
          #expect(run.stdout.contains("\u{1B}[32m") == isColoured)
        }
      }
    }
  }
}
