import Commands
import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The statuses that `help exit` lists, each as a user meets it.
  @Suite("Exit statuses")
  struct ExitStatusTests {
    /// A line of bash that ends with each; "$0" is tercet. SignalTests have the watchdog end a job.
    static let lines: [(status: Int32, line: String)] = [
      (0, "\"$0\" --version"),
      (1, "\"$0\" inspect none.h5"),
      (64, "\"$0\" trian"),
      (
        75,
        """
        free='import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, [])'
        mkdir run; : > run/run.jsonl
        /usr/bin/python3 -c "$free; os.execv(sys.argv[1], sys.argv[1:])" \
          "$0" train config.yaml --checkpoints run --set epochs=1000 & run=$!
        tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"start"'
        kill -INT $run; wait $run
        """
      ),
    ]

    @Test("cluster/run and its page name no status of an error that the table lacks")
    func documents() throws {
      for (name, start, end) in [
        ("cluster/run", "# ", " for bad input"), ("cluster/README.md", "", " are errors"),
      ] {
        let text = try String(contentsOf: packageRoot.appending(path: name), encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.contains(end) })
        #expect(line.hasPrefix(start + "1 ") && line.prefix(12).contains(" 64"), "\(line)")
      }
    }

    @Test("each is met as the table says, and no other but the watchdog's is in the table")
    func table() throws {
      let met = Set(Self.lines.map(\.status) + [124])
      #expect(met == Set(ExitStatus.allCases.map(\.rawValue)))
      try withWorkplace { place in
        for (status, line) in Self.lines {
          let result = try runProcess("/bin/bash", ["-c", line, program.path], in: place.folder)
          #expect(result.status == status, "\(line): \(result)")
        }
      }
    }
  }
}
