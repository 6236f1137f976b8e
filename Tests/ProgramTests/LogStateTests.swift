import Foundation
import TestSupport
import Testing

extension ProgramTests {
  @Suite("tercet log: what has become of a run")
  struct LogStateTests {
    /// Makes `state(TEXT)`, which gives the run `run` this log, and says what `tercet log` calls it.
    private static let state = """
      import fcntl, os, re, signal, subprocess, sys, time
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      def log(*flags):
        return subprocess.run([sys.argv[1], 'log', 'run', *flags], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.splitlines()
      def state(text):
        with open('run/run.jsonl', 'w') as file: file.write(text)
        return log()[1].partition(': epoch ')[0]

      """

    @Test("a run that is killed is so at once, and is followed no longer")
    func killed() throws {
      try withWorkplace { place in
        let script =
          Self.state + """
            run = subprocess.Popen([sys.argv[1], 'train', 'config.yaml', '--checkpoints', 'run', '--quiet',
                                    '--set', 'epochs=100000'])
            def trained():
              return os.path.exists('run/run.jsonl') and '"evaluation"' in open('run/run.jsonl').read()
            try:
              while not trained() and run.poll() is None: time.sleep(0.05)
              assert log()[1].startswith('running: epoch '), log()
            finally:
              run.kill()
              run.wait()
            assert log()[1].startswith('killed or failed: epoch '), log()
            followed = log('--follow')
            assert followed[1].startswith('killed or failed: epoch '), followed
            assert re.search(r':\\d\\d  end: killed or failed, step \\d+$', followed[-1]), followed
            """
        let result = try place.python(script, [program.path])
        #expect(result.status == 0, "\(result.stderr)")
      }
    }

    @Test("a run is running as long as it has its folder; of another host's, time alone tells")
    func silent() throws {
      try withWorkplace { place in
        try place.trained("run", ["epochs=1"], ["--stop-after", "4"])
        let script =
          Self.state + """
            lines = open('run/run.jsonl').read().splitlines(keepends=True)
            new = ''.join(line for line in lines if '"event":"end"' not in line)
            old = re.sub(r'"time":"\\d+', '"time":"2020', new)
            def elsewhere(text): return re.sub(r'"host":"[^"]*"', '"host":"elsewhere"', text)
            # The run ended in order, and took its file away.
            assert state(new) == state(old) == 'killed or failed', log()
            assert state(elsewhere(new)) == 'running' and state(elsewhere(old)) == 'no end', log()
            lock = open('run/run.lock', 'w')
            fcntl.lockf(lock, fcntl.LOCK_EX, 1, 0)
            for text in [new, old, elsewhere(old)]: assert state(text) == 'running', log()
            fcntl.lockf(lock, fcntl.LOCK_UN, 1, 0)
            # What a run leaves on a file system without locks.
            assert state(new) == 'running' and state(old) == 'no end', log()
            print('host 1 start', file=lock, flush=True)
            assert state(new) == 'killed or failed' and state(elsewhere(new)) == 'running', log()
            # Nobody has taken it by asking.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
            """
        let result = try place.python(script, [program.path])
        #expect(result.status == 0, "\(result.stderr)")
      }
    }

    @Test("SIGUSR1, by which a signal is passed on to ranks, is not called the user's")
    func passedOn() throws {
      try withWorkplace { place in
        try place.trained("run", ["epochs=1"], ["--stop-after", "4"])
        let log = try place.text("run/run.jsonl")
        for (ending, state) in [
          ("SIGUSR1", "stopped"), ("SIGTERM", "stopped, SIGTERM"),
          ("stop after", "stopped, stop after"),
        ] {
          try place.write(
            log.replacing("\"ending\":\"stop after\"", with: "\"ending\":\"\(ending)\""),
            to: "run/run.jsonl")
          let shown = try place.tercet("log", "run").stdout
          #expect(shown.contains("\n\(state): epoch 1/1, step 4/"), "\(shown)")
        }
      }
    }
  }
}
