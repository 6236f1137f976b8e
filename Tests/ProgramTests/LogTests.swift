import Foundation
import TestSupport
import Testing
import Typesetting

extension ProgramTests {
  @Suite("tercet log")
  struct LogTests {
    /// A run of three epochs of eight steps, which was broken off after step 12 and went on from step 8.
    private func withResumedRun(_ body: (Workplace) throws -> Void) throws {
      try withWorkplace { place in
        try place.trained("run", ["checkpoint.every=4"], ["--stop-after", "12"])
        try FileManager.default.removeItem(atPath: place.path("run/last.h5"))
        try FileManager.default.removeItem(atPath: place.path("run/step-00000012.h5"))
        try place.trained("run", ["checkpoint.every=4"], ["--resume"])
        try body(place)
      }
    }

    @Test("a run is shown with its state, its best epoch and its curves, at any width")
    func summary() throws {
      try withResumedRun { place in
        for columns in [40, 80, 200] {
          let shown = try Terminal.output(
            of: [program.path, "log", place.path("run")], columns: columns, in: place)
          #expect(shown.status == 0, "\(shown.stderr)")
          for line in shown.drawn { #expect(line.columns <= columns, "\(line)") }
          let words = shown.drawn.joined(separator: " ").replacing(#/ +/#, with: " ")
          #expect(words.contains("run: copymtl, "))
          #expect(words.contains("finished: epoch 3/3, step 24/24"))
          #expect(words.contains(#/best: epoch \d, dev exact F1 \d?\.\d{4}; 4 steps done again/#))
          for name in ["L_D", "L_E", "total", "norm", "dev F1", "tag F1"] {
            #expect(words.contains("\(name) █") || words.contains("\(name) ▁"), "\(name)")
          }
        }
      }
    }

    @Test("several runs stand in a table, with names that tell them apart")
    func table() throws {
      try withWorkplace { place in
        for (folder, epochs) in [("a/run", 1), ("b/run", 2)] {
          try place.trained(folder, ["epochs=\(epochs)"])
        }
        let stopped = try place.train("c", [], ["--stop-after", "5"])
        #expect(stopped.status == 0)
        for columns in [40, 80, 200] {
          let shown = try Terminal.output(
            of: [program.path, "log", "a/run", "b/run/run.jsonl", "c"], columns: columns, in: place)
          #expect(shown.status == 0, "\(shown.stderr)")
          for line in shown.drawn { #expect(line.columns <= columns, "\(line)") }
          let text = shown.drawn.joined(separator: "\n")
          for word in ["a/run", "b/run", "finished", "stopped, stop after", "2/2", "L_D"] {
            #expect(text.contains(word), "\(word) at \(columns): \(text)")
          }
        }
      }
    }

    @Test("CSV has every step once and every evaluation, as the log has them")
    func csv() throws {
      try withResumedRun { place in
        let script = """
          import csv, json, subprocess, sys
          text = subprocess.run([sys.argv[1], 'log', 'run', '--csv'], check=True, text=True,
                                stdout=subprocess.PIPE).stdout
          rows = list(csv.DictReader(text.splitlines()))
          entries = [json.loads(line) for line in open('run/run.jsonl')]
          assert len({e['time'] for e in entries}) > 10 and all(e['time'][-1] == 'Z' for e in entries)
          steps = {e['step']: e for e in entries if e['event'] == 'step'}
          scores = {e['step']: e for e in entries if e['event'] == 'evaluation'}
          assert [int(r['step']) for r in rows if r['event'] == 'step'] == list(range(1, 25))
          for row in rows:
            entry = (steps if row['event'] == 'step' else scores)[int(row['step'])]
            assert row['time'] == entry['time'] and int(row['epoch']) == entry['epoch'] + 1
            names = ['L_D', 'L_E', 'total', 'cost', 'gradient_norm', 'rate', 'sentences_per_second']
            if row['event'] == 'evaluation': names = ['precision', 'recall', 'f1', 'tag_f1']
            for name in names: assert float(row[name]) == entry[name], (name, row)
          assert [int(r['step']) for r in rows if r['event'] == 'evaluation'] == [8, 16, 24]
          """
        let result = try place.python(script, [program.path])
        #expect(result.status == 0, "\(result.stderr)")
      }
    }

    @Test("TensorBoard reads every point once", .enabled(if: tensorBoardPython != nil))
    func tensorBoard() throws {
      try withResumedRun { place in
        for _ in 1...2 {
          let made = try place.tercet("log", "run", "--tensorboard", "events")
          #expect(made.stdout.hasPrefix("events/run/events.out.tfevents.tercet: 24 steps, 3 "))
        }
        let script = """
          import json, math
          from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
          events = EventAccumulator('events/run', size_guidance={'scalars': 0})
          events.Reload()
          last = {}
          for entry in map(json.loads, open('run/run.jsonl')): last[entry['event'], entry.get('step')] = entry
          def check(tag, kind, name, steps):
            points = events.Scalars(tag)
            assert [p.step for p in points] == steps, (tag, points)
            for p in points:
              assert math.isclose(p.value, last[kind, p.step][name], rel_tol=1e-6, abs_tol=1e-30), (tag, p)
          all = list(range(1, 25))
          for name in ['L_D', 'L_E', 'total']: check('loss/' + name, 'step', name, all)
          for name in ['gradient_norm', 'rate', 'sentences_per_second']: check(name, 'step', name, all)
          for name in ['precision', 'recall', 'f1', 'tag_f1']:
            check('dev/' + name, 'evaluation', name, [8, 16, 24])
          assert len(events.Tags()['scalars']) == 10, events.Tags()
          """
        let read = try runProcess(
          try #require(tensorBoardPython), ["-c", script], in: place.folder)
        #expect(read.status == 0, "\(read.stderr)")
      }
    }

    /// Appends lines to a run log one after the other, each when `tercet log --follow` has printed the one before, and
    /// prints all that it has printed. It has the folder's lock, as the run has. Its arguments: the program and its
    /// options.
    private static let follower = """
      import fcntl, json, os, signal, subprocess, sys
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      lines = open('run/run.jsonl').read().splitlines(keepends=True)
      def matching(word): return [n for n, line in enumerate(lines) if f'"event":"{word}"' in line]
      first = matching('step')[2]
      os.mkdir('live')
      log, lock = open('live/run.jsonl', 'w'), open('live/run.lock', 'w')
      fcntl.lockf(lock, fcntl.LOCK_EX, 1, 0)
      def write(text): log.write(text); log.flush()
      write(''.join(lines[:first]))
      run = subprocess.Popen([sys.argv[1], 'log', 'live', '--follow', *sys.argv[2:]],
                             stdout=subprocess.PIPE, text=True)
      shown = ''
      while 'step,2,1' not in shown and 'norm ' not in shown: shown += run.stdout.readline()
      for n in range(first, len(lines)):
        # Half a line first: what is no whole line is no line.
        write(lines[n][:7]); write(lines[n][7:])
        if n in matching('step') and lines[n + 1:n + 2] != [] or n == matching('end')[-1]:
          shown += run.stdout.readline()
      shown += run.stdout.read()
      print(shown, end='')
      sys.exit(run.wait())
      """

    @Test("--follow prints lines as they come, and ends with the run")
    func follow() throws {
      try withWorkplace { place in
        try place.trained("run", ["epochs=2"])
        let shown = try place.python(Self.follower, [program.path])
        #expect(shown.status == 0, "\(shown.stderr)")
        #expect(shown.stdout.hasPrefix("live: copymtl, "))
        let steps = shown.stdout.matches(of: #/:\d\d  epoch \d/2  \d+%  step (\d+)/16  L_D /#)
        #expect(steps.map { String($0.1) } == (3...16).map(String.init), "\(shown.stdout)")
        #expect(shown.stdout.matches(of: #/epoch \d/2  L_D .*  dev F1 \./#).count == 2)
        #expect(shown.stdout.hasSuffix("  end: all epochs, step 16\n"))
      }
    }

    @Test("--follow --csv goes on with its rows")
    func followCSV() throws {
      try withWorkplace { place in
        try place.trained("run", ["epochs=2"])
        let shown = try place.python(Self.follower, [program.path, "--csv"])
        #expect(shown.status == 0, "\(shown.stderr)")
        let whole = try place.tercet("log", "run", "--csv").stdout
        #expect(shown.stdout.replacing("\nlive,", with: "\nrun,") == whole)
      }
    }

    @Test("--follow ends when nobody reads any more, without a word")
    func unread() throws {
      try withWorkplace { place in
        try place.trained("run", ["epochs=1"], ["--stop-after", "4"])
        let script = """
          import subprocess, sys
          lines = open('run/run.jsonl').read().splitlines(keepends=True)
          open('live.jsonl', 'w').write(''.join(lines[:3]))
          run = subprocess.Popen([sys.argv[1], 'log', 'live.jsonl', '--follow'], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
          run.stdout.readline()
          run.stdout.close()
          print(run.wait(), run.stderr.read())
          """
        let result = try place.python(script, [program.path])
        #expect(result.stdout == "-13 \n", "\(result.stdout)\(result.stderr)")
      }
    }

    @Test("--ranks shows the time of each rank and of each phase", .enabled(if: hasRanks))
    func ranks() throws {
      try withWorkplace { place in
        try place.trained(ranks: 2, "two", ["watchdog.report=4", "epochs=1"])
        let two = try place.tercet("log", "two", "--ranks")
        let table = #/rank  seconds a step  of the median\n0 +[.\d]+ +\d\.\d\d\n1 +[.\d]+ +\d/#
        #expect(two.stdout.contains(table), "\(two.stdout)")
        #expect(two.stdout.contains("phases of rank 0: ") && two.stdout.contains("backward "))
        try place.trained("one", ["epochs=1"])
        let one = try place.tercet("log", "one", "--ranks")
        #expect(one.status == 0 && one.stdout.contains("no times of ranks: the run has one rank"))
      }
    }

    @Test("what a crash left half-written is counted, and a file without a run is refused")
    func badLogs() throws {
      try withWorkplace { place in
        try place.trained("run", ["epochs=1"])
        let log = try place.text("run/run.jsonl")
        let half = log.split(separator: "\n").dropLast(3).joined(separator: "\n") + "\n{\"L_D\":0."
        try place.write(half, to: "cut/run.jsonl")
        let cut = try place.tercet("log", "cut", "run")
        #expect(cut.status == 0 && cut.stdout.contains(/cut +killed or failed/), "\(cut.stdout)")
        #expect(
          cut.stderr == "warning: cut/run.jsonl: 1 line is no entry of a run log and passed over, "
            + "such as one that a crash left half-written\n")
        try place.write(#"{"event":"end","ending":"patience","step":3}"#, to: "end.jsonl")
        for (run, words) in [
          ("none", "tercet: none: cannot be opened: No such file or directory"),
          ("data", "tercet: data/run.jsonl: cannot be opened: No such file or directory; no "),
          ("end.jsonl", "tercet: end.jsonl: holds no start of a run; give the folder of a run"),
        ] {
          for flags in [[], ["--csv"], ["--ranks"], ["--tensorboard", "events"]] {
            let refused = try place.tercet(["log", "run", run] + flags)
            #expect(refused.status == 1 && refused.stdout.isEmpty && refused.complaints.count == 1)
            #expect(refused.stderr.hasPrefix(words), "\(refused.stderr)")
          }
        }
        try place.write(Data((0...255).map { UInt8($0) }), to: "binary")
        for flags in [[], ["--follow"]] {
          let refused = try place.tercet(["log", "binary"] + flags)
          #expect(refused.stderr.contains("holds no start of a run"), "\(refused.stderr)")
        }
        #expect(place.names("events").isEmpty)
        let unwritable = try place.tercet("log", "run", "--tensorboard", "binary")
        #expect(unwritable.status == 1 && unwritable.complaints.count == 1)
        #expect(unwritable.stderr.contains("cannot be written: "), "\(unwritable.stderr)")
      }
    }
  }
}
