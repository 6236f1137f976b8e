import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `train --ranks N`, which starts `mpirun` itself.
  @Suite("Ranks of this machine", .enabled(if: hasRanks))
  struct LaunchTests {
    /// Open MPI refuses root unless it is told, and must not be told by these tests' own environment.
    static let bare = ["OMPI_ALLOW_RUN_AS_ROOT": "", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": ""]

    /// What stands in for `mpirun`, first in `PATH`.
    private func standin(_ script: String, in place: Workplace) throws -> [String: String] {
      try place.write("#!/bin/bash\n" + script + "\n", to: "bin/mpirun")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: place.path("bin/mpirun"))
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      return ["PATH": "\(place.path("bin")):\(path)"]
    }

    /// The lines of standard error that are no notes.
    private func problems(_ result: ProcessResult) -> [String] {
      result.complaints.filter { !$0.hasPrefix("note: ") }
    }

    @Test("several ranks need nothing but their number, and end in the bits of one")
    func bits() throws {
      try withWorkplace { place in
        try place.trained("one", ["epochs=2"])
        let result = try place.train(
          "three", ["num_epochs=2"], ["--ranks", "3"], environment: Self.bare)
        #expect(result.status == 0 && problems(result).isEmpty, "\(result.stderr)")
        #expect(result.stderr.matches(of: /--set num_epochs is taken for 'epochs'/).count == 1)
        #expect(result.stderr.contains("root") == (geteuid() == 0))
        #expect(try place.text("three/run.jsonl").contains(#""ranks":3"#))
        try place.expectSame("one/last.h5", "three/last.h5")
      }
    }

    @Test("--quiet leaves notes out", arguments: [1, 2])
    func quiet(ranks: Int) throws {
      try withWorkplace { place in
        let flags = ["--quiet", "--ranks", "\(ranks)", "--stop-after", "1"]
        let result = try place.train("run", ["num_epochs=2"], flags, environment: Self.bare)
        #expect(result.status == 0 && result.stdout.isEmpty, "\(result.stdout)")
        #expect(result.complaints.isEmpty, "\(result.stderr)")
      }
    }

    @Test("what ends a job is said on one line")
    func mistakes() throws {
      try withWorkplace { place in
        let banner = """
          line=$(printf -- '-%.0s' {1..74})
          printf '%s\\nPrimary job  ended\\n%s\\n%s\\nNo room\\n  for ranks.\\n%s\\n' $line{,,,} >&2
          """
        let cases: [(setting: String, variable: String, mpirun: String?, Int32, String)] = [
          ("data.directory=none", "", nil, 1, "tercet: none/train.jsonl: cannot be opened"),
          ("shards=1", "", nil, 1, "--ranks 2: batch.shards is 1"),
          ("seed=1", "PATH=/nowhere", nil, 1, "apt-get install openmpi-bin"),
          ("seed=1", "SLURM_STEP_ID=0", nil, 1, "leave --ranks out"),
          ("seed=1", "", banner + "; exit 3", 3, "status 3: No room for ranks."),
          ("seed=1", "", "exit 4", 4, "mpirun ended with status 4"),
          ("seed=1", "", "exit 137", 137, "a rank was ended by SIGKILL"),
          ("seed=1", "", "echo lost >&2; exit 1", 1, "lost"),
        ]
        for (setting, variable, script, status, words) in cases {
          let parts = variable.split(separator: "=").map(String.init)
          var environment = parts.isEmpty ? [:] : [parts[0]: parts[1]]
          if let script { environment.merge(try standin(script, in: place)) { $1 } }
          let result = try place.train(
            "run", [setting], ["--ranks", "2"], environment: environment)
          #expect(result.status == status, "\(words): \(result.stderr)")
          #expect(problems(result).count == 1, "\(words): \(result.stderr)")
          #expect(problems(result).first?.contains(words) ?? false, "\(result.stderr)")
        }
      }
    }

    @Test("ranks that are started with --ranks refuse it, once")
    func nested() throws {
      try withWorkplace { place in
        let result = try place.train(ranks: 2, "run", [], ["--ranks", "2"])
        #expect(result.status == 1)
        #expect(result.complaints.count == 1 && result.stderr.contains("leave --ranks out"))
      }
    }

    /// Starts training with signals unblocked, which a child inherits from tests' threads, and goes on when the
    /// run log tells of an evaluation.
    static let started = """
      mkdir -p run; : > run/run.jsonl
      free='import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, [])'
      /usr/bin/python3 -c "$free; os.execv(sys.argv[1], sys.argv[1:])" \
        "$0" train config.yaml --ranks 2 --checkpoints run --set epochs=100000 & run=$!
      tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"evaluation"'

      """

    @Test(
      "a signal saves and leaves with 75, and its own death does too",
      arguments: ["TERM", "INT", "HUP", "USR1", "KILL"])
    func signals(_ signal: String) throws {
      try withWorkplace { place in
        // Nobody waits for the ranks of a process that was killed but who reads their log. The shell itself would say
        // that it was killed, sooner or later.
        let script =
          Self.started + """
            exec 2>/dev/null
            kill -\(signal) $run
            wait $run
            code=$?
            tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"end"'
            exit $code
            """
        let result = try runProcess(
          "/bin/bash", ["-c", script, program.path], environment: Self.bare, in: place.folder,
          timeout: 60)
        #expect(result.status == (signal == "KILL" ? 137 : 75), "\(result.stderr)")
        #expect(problems(result).count == (signal == "KILL" ? 0 : 1), "\(result.stderr)")
        let log = try place.text("run/run.jsonl")
        let end = try #require(log.split(separator: "\n").last)
        #expect(end.hasPrefix(#"{"ending":"SIGUSR1","event":"end""#), "\(end)")
        #expect(place.names("run").contains("last.h5"))
      }
    }

    @Test("a signal before training began ends at once; a second one does not wait for saving")
    func earlyAndTwice() throws {
      try withWorkplace { place in
        let waiting = """
          trap 'echo asked >&2' USR1; trap 'kill $!; exit 1' TERM
          echo >ready
          while :; do sleep 60 & wait; done
          """
        let script = """
          import os, signal, subprocess, sys
          os.mkfifo("ready")
          signal.pthread_sigmask(signal.SIG_SETMASK, [])
          run = subprocess.Popen(sys.argv[2:], stderr=subprocess.PIPE, text=True)
          open("ready").read()
          if sys.argv[1] == "late":
            os.makedirs("run"); open("run/run.jsonl", "w").close()
          run.send_signal(signal.SIGTERM)
          for line in run.stderr:
            print(line, end="", file=sys.stderr)
            # What comes soon after the first is the same request.
            while "asked" in line and run.poll() is None:
              run.send_signal(signal.SIGINT)
              try: run.wait(0.02)
              except subprocess.TimeoutExpired: pass
          sys.exit(run.wait())
          """
        let environment = try standin(waiting, in: place)
        for (when, status) in [("early", Int32(75)), ("late", 130)] {
          try? FileManager.default.removeItem(atPath: place.path("ready"))
          let result = try runProcess(
            "/usr/bin/python3",
            [
              "-c", script, when, program.path, "train", "config.yaml", "--ranks", "2",
              "--checkpoints", "run",
            ], environment: environment, in: place.folder, timeout: 60)
          #expect(result.status == status, "\(when): \(result.stderr)")
        }
      }
    }

    @Test("a reader that goes does not stop training; a full disk is told at the end")
    func output() throws {
      try withWorkplace { place in
        let command = """
          "$0" train config.yaml --ranks 2 --overwrite --checkpoints run --set log.every=1
          """
        for (rest, status, words) in [
          (" | head -n 1", Int32(0), nil), (" 2>&1 | head -n 1", 0, nil),
          (" >/dev/full", 1, "standard output"), (" >&-", 1, "standard output"),
        ] as [(String, Int32, String?)] {
          let result = try runProcess(
            "/bin/bash", ["-o", "pipefail", "-c", command + rest, program.path],
            in: place.folder, timeout: 60)
          #expect(result.status == status, "\(rest): \(result.stderr)")
          #expect(problems(result).count == (words == nil ? 0 : 1), "\(rest): \(result.stderr)")
          #expect(problems(result).first?.contains(words ?? "") ?? true)
          let log = try place.text("run/run.jsonl")
          #expect(log.contains(/"event":"end","step":24,"time":"[^"]*"}\n$/), "\(log.suffix(200))")
        }
      }
    }
  }
}
