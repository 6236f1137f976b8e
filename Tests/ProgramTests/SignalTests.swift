import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// What signals do to a run.
  @Suite("Signals", .enabled(if: hasRanks))
  struct SignalTests {
    @Test("signals at random moments save, end with 75, change no bit; a second ends at once")
    func signals() throws {
      let script = packageRoot.appending(path: "Tests/Cluster/signals.py").path
      let result = try runProcess(
        "/usr/bin/python3", ["-B", script, program.path, "7", "3"],
        environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
      #expect(result.status == 0, "\(result.stderr)")
      #expect(
        result.stdout.hasSuffix("signals 7 saved 7 exit75 7 identical 7\n"), "\(result.stdout)")
    }

    @Test(
      "one process alone is told what to do, and its log says what came",
      arguments: ["TERM", "HUP"])
    func alone(_ signal: String) throws {
      try withWorkplace { place in
        let script = """
          mkdir run; : > run/run.jsonl
          # The threads that tests run on have signals blocked, which a child inherits.
          free='import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, [])'
          /usr/bin/python3 -c "$free; os.execv(sys.argv[1], sys.argv[1:])" \
            "$0" train config.yaml --checkpoints run --set epochs=1000 & run=$!
          tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"evaluation"'
          grep SigBlk /proc/$run/task/$run/status
          kill -\(signal) $run; wait $run
          """
        let result = try runProcess("/bin/bash", ["-c", script, program.path], in: place.folder)
        #expect(result.status == 75, "\(result.stderr)")
        // The thread that computes is not disturbed: SIGHUP, SIGINT, SIGUSR1 and SIGTERM are blocked in it.
        let blocked = try #require(result.stdout.firstMatch(of: /SigBlk:\s*([0-9a-f]+)\n/)).1
        #expect((UInt64(blocked, radix: 16) ?? 0) & 0x4203 == 0x4203)
        let said = try #require(result.stdout.split(separator: "\n").last)
        let saved = /^SIG[A-Z]+: step (\d+) is saved in run\/last.h5/
        let step = try #require(said.firstMatch(of: saved)).1
        #expect(said.hasPrefix("SIG\(signal): ") && said.hasSuffix("go on with --resume"))
        let log = try place.text("run/run.jsonl")
        #expect(log.contains("\"event\":\"signal\",\"signal\":\"SIG\(signal)\""))
        let last = try #require(log.split(separator: "\n").last)
        let end = #"{"ending":"SIG\#(signal)","event":"end","step":\#(step),"time":"#
        #expect(last.hasPrefix(end))
        let more = try #require(Int(step)) + 1
        try place.trained("run", ["epochs=1000"], ["--resume", "--stop-after", "\(more)"])
        try place.trained("whole", ["epochs=1000"], ["--stop-after", "\(more)"])
        try place.expectSame("whole/last.h5", "run/last.h5")
      }
    }

    @Test("a terminal that is closed makes the run save and leave, though it can print no more")
    func closedTerminal() throws {
      try withWorkplace { place in
        let script = """
          import os, pty, signal, sys
          child, terminal = pty.fork()
          if child == 0:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execv(sys.argv[1], sys.argv[1:])
          seen = b''
          while b'dev F1' not in seen: seen += os.read(terminal, 4096)
          os.close(terminal)
          print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
          """
        let result = try place.python(
          script,
          [
            program.path, "train", "config.yaml", "--checkpoints", "run", "--set", "epochs=1000",
          ])
        #expect(result.stdout == "75\n", "\(result.stderr)")
        #expect(place.names("run").contains("last.h5"))
        #expect(try place.text("run/run.jsonl").contains(#""ending":"SIGHUP""#))
      }
    }

    @Test("under nohup a hang-up stays ignored, and what comes after it counts")
    func ignored() throws {
      try withWorkplace { place in
        let script = """
          mkdir run; : > run/run.jsonl
          free='import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, [])
          signal.signal(signal.SIGHUP, signal.SIG_IGN)'
          /usr/bin/python3 -c "$free; os.execv(sys.argv[1], sys.argv[1:])" \
            "$0" train config.yaml --checkpoints run --set epochs=1000 & run=$!
          tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"evaluation"'
          kill -HUP $run; kill -TERM $run; wait $run
          """
        let result = try runProcess("/bin/bash", ["-c", script, program.path], in: place.folder)
        #expect(result.status == 75, "\(result.stderr)")
        #expect(result.stdout.contains("SIGTERM: step "), "\(result.stdout)")
      }
    }

    @Test(
      "a rank that stands still is named with host, step and phase, and the job ends if asked",
      arguments: [0, 1])
    func stopped(_ rank: Int) throws {
      // Under a sanitizer the others may come too late by a second.
      let limit = Sanitizer.current == nil ? 1 : 5
      try withWorkplace { place in
        let script = """
          mkdir run; : > run/run.jsonl
          mpirun --allow-run-as-root --oversubscribe --bind-to none -n 3 "$0" train config.yaml \
            --checkpoints run --set epochs=100000 --set watchdog.seconds=\(limit) \
            --set watchdog.abort=\(2 * limit) --set watchdog.report=100000000 & job=$!
          tail -n +1 -f run/run.jsonl | grep -q -m 1 '"event":"evaluation"'
          ranks=$(< /proc/$job/task/$job/children)
          for rank in $ranks; do
            grep -qz OMPI_COMM_WORLD_RANK=\(rank) /proc/$rank/environ && kill -STOP $rank
          done
          wait $job; code=$?
          # Nobody stays behind, but for what nobody has waited for.
          for rank in $ranks; do
            while grep -q '^State:.[^ZX]' /proc/$rank/status 2>/dev/null; do :; done
          done
          exit $code
          """
        let result = try runProcess(
          "/bin/bash", ["-c", script, program.path], in: place.folder, timeout: 60)
        #expect(result.status == 124, "\(result.stderr)")
        let warnings = result.complaints.filter { $0.hasPrefix("warning: ") }
        let name = /warning: rank (\d) on \S+ has not finished step \d+ for \d+\.\d s: .* [a-z]+/
        let named = warnings.map { $0.prefixMatch(of: name).map { String($0.1) } }
        // On a busy machine others may be late too, but it is late for ever.
        #expect(named.count { $0 == "\(rank)" } >= 2, "\(result.stderr)")
        let last = warnings.filter { $0.hasSuffix("the job ends (watchdog.abort)") }
        #expect(last.count == 1 && last[0].hasPrefix("warning: rank \(rank) "), "\(last)")
        // Rank 0 alone has the log.
        guard rank != 0 else { return }
        let entries = /"event":"(stall|abort)".*"rank":(\d)/
        let log = try place.text("run/run.jsonl").matches(of: entries).map { "\($0.1) \($0.2)" }
        #expect(
          log.filter { $0.hasSuffix(" \(rank)") } == ["stall \(rank)", "abort \(rank)"], "\(log)")
      }
    }
  }
}
