import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Output that does not arrive, and output where it was not expected.
  @Suite("Output")
  struct OutputTests {
    /// Runs `script` in bash, where `$tercet` is the program, and expects it to end well.
    private func bash(
      _ script: String, in place: Workplace, environment: [String: String] = [:]
    ) throws -> String {
      let result = try runProcess(
        "/bin/bash", ["-euo", "pipefail", "-c", "tercet=$0; \(script)", program.path],
        environment: environment, in: place.folder, timeout: 60)
      #expect(result.status == 0, "\(script): \(result.stdout)\(result.stderr)")
      return result.stdout + result.stderr
    }

    static let verbs = [
      "--help", "--version", "data --help", "extract --help", "data stats data", "data check data",
      "inspect old.h5",
      "evaluate --checkpoint old.h5 --data data/dev.jsonl",
      "evaluate --checkpoint old.h5 --data data/dev.jsonl --json -",
      "extract --checkpoint old.h5 old/text", "extract --checkpoint old.h5 --json old/text",
      "data convert --from triples triples.json --out -",
      "data convert --from triples triples.json --out converted.jsonl",
      "data synthesize --seed 1 --sentences 20 --out made", "train config.yaml --print-config",
    ]

    /// A workplace with all that the verbs read.
    private func withInput(_ body: (Workplace) throws -> Void) throws {
      try withOldCheckpoint("copymtl-one") { place in
        try place.write(
          #"[{"text":"Ann lives in Rome","triple_list":[["Ann","lives in","Rome"]]}]"#,
          to: "triples.json")
        try place.write("Greta Quist founded Sable Foods .\n", to: "old/text")
        try body(place)
      }
    }

    @Test("every verb answers a full disk and a closed standard output with a line and a status")
    func lost() throws {
      try withInput { place in
        for verb in Self.verbs {
          for (sink, cause) in [
            (">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"),
          ] {
            let said = try bash("! $tercet \(verb) \(sink)", in: place)
            let message = "tercet: standard output: \(cause)\n"
            // Where the report goes to standard output, the table goes to standard error.
            #expect(
              verb.hasSuffix("--json -") ? said.hasSuffix(message) : said == message, "\(verb)")
          }
        }
        // What was made is whole.
        #expect(place.names("made") == ["dev.jsonl", "test.jsonl", "train.jsonl"])
        #expect(try place.tercet("data", "stats", "converted.jsonl").status == 0)
      }
    }

    @Test("a reader that goes ends every verb as it ends those of the system, without a word")
    func unread() throws {
      try withInput { place in
        let verbs = Self.verbs.filter { !$0.contains("--json -") }
        for ignored in ["", "trap '' PIPE;"] {
          for verb in verbs {
            let said = try bash(
              """
              exec {pipe}> >(exec true); wait $!
              status=0; ( \(ignored) exec $tercet \(verb) >&$pipe ) || status=$?
              echo $status
              """, in: place)
            #expect(said == "141\n", "\(ignored) \(verb)")
          }
        }
        #expect(place.names("made") == ["dev.jsonl", "test.jsonl", "train.jsonl"])
      }
    }

    @Test("a report is written also where nobody reads the table")
    func report() throws {
      try withInput { place in
        let verb = "evaluate --checkpoint old.h5 --data data/dev.jsonl --json report.json"
        let said = try bash(
          "exec {pipe}> >(exec true); wait $!; $tercet \(verb) >&$pipe", in: place)
        #expect(said.isEmpty)
        #expect(try place.text("report.json").contains("\"f1\""))
      }
    }

    @Test("a training goes on without its output", arguments: hasRanks ? [1, 2] : [1])
    func training(_ ranks: Int) throws {
      try withWorkplace { place in
        let launcher =
          ranks == 1 ? "" : "mpirun --allow-run-as-root --oversubscribe -q -n \(ranks) "
        let train = "\(launcher)$tercet train config.yaml --set log.every=1 --checkpoints"
        let unread = try bash(
          "exec {pipe}> >(exec true); wait $!; \(train) unread >&$pipe", in: place)
        #expect(
          unread == "warning: nobody reads standard output any more; training goes on, "
            + "see unread/run.jsonl\n")
        // A launcher's own status is that of the rank that failed.
        let full = try bash("! \(train) full >/dev/full", in: place)
        #expect(full.contains("warning: standard output: No space left on device; training goes"))
        let closed = try bash("! $tercet train config.yaml --checkpoints closed >&-", in: place)
        #expect(closed.contains("warning: standard output: Bad file descriptor; training goes on"))
        for folder in ["unread", "full", "closed"] {
          let log = try place.text("\(folder)/run.jsonl")
          #expect(log.contains(#""ending":"all epochs""#), "\(folder)")
          #expect(!log.contains("epoch 1"), "\(folder)")
        }
      }
    }

    @Test("a file of limited size is an error like a full disk")
    func limited() throws {
      try withInput { place in
        let said = try bash(
          "ulimit -f 1; ! $tercet data synthesize --seed 1 --sentences 400 --out limited", in: place
        )
        #expect(said == "tercet: limited/train.jsonl: cannot be written: File too large\n")
        #expect(place.names("limited").isEmpty)
      }
    }

    @Test("'-' is standard output, and what is said goes to standard error")
    func standardOutput() throws {
      try withInput { place in
        let convert = ["data", "convert", "--from", "triples", "triples.json", "--out"]
        #expect(try place.tercet(convert + ["file.jsonl"]).status == 0)
        let piped = try place.tercet(convert + ["-"])
        #expect(piped.status == 0)
        #expect(try piped.stdout == place.text("file.jsonl"))
        #expect(piped.stderr.contains("1 sentence"))
        let evaluate = ["evaluate", "--checkpoint", "old.h5", "--data", "data/dev.jsonl", "--json"]
        #expect(try place.tercet(evaluate + ["report.json"]).status == 0)
        let report = try place.tercet(evaluate + ["-"])
        #expect(try report.stdout == place.text("report.json"))
        #expect(report.stderr.contains("ceiling"))
        let made = try place.tercet(
          "data", "synthesize", "--seed", "1", "--sentences", "20", "--out", "-")
        #expect(made.status == 64 && made.complaints.count == 1, "\(made.stderr)")
      }
    }

    @Test("the input is never the output, by whatever name")
    func ownInput() throws {
      try withInput { place in
        let before = try place.text("triples.json")
        try place.write(before, to: "pair.sent")
        let said = try bash(
          """
          ln triples.json hard; ln -s triples.json soft
          convert() { ! $tercet data convert --from triples "$1" --out "$2"; }
          convert triples.json triples.json; convert triples.json ./hard; convert soft triples.json
          convert triples.json soft; convert pair pair.sent
          convert triples.json - >> triples.json; convert triples.json /dev/stdout >> hard
          evaluate() { ! $tercet evaluate --checkpoint old.h5 --data old/dev.jsonl --json "$1"; }
          evaluate old.h5; evaluate old/dev.jsonl
          """, in: place)
        let lines = said.split(separator: "\n")
        #expect(lines.count == 9)
        for line in lines { #expect(line.contains("is the input"), "\(line)") }
        #expect(try place.text("triples.json") == before && place.text("hard") == before)
      }
    }

    @Test("a signal leaves nothing half-written", arguments: ["TERM", "INT", "HUP"])
    func signal(_ name: String) throws {
      try withWorkplace { place in
        // The file is packed while it is written, which leaves time to see it.
        let script = """
          import glob, json, os, signal, subprocess, sys
          # The threads that tests run on have signals blocked, which a child inherits.
          signal.pthread_sigmask(signal.SIG_SETMASK, [])
          tercet, name = sys.argv[1:]
          with open('big.json', 'w') as out:
            json.dump([{'text': f'Ann {i} lives in Rome', 'triple_list': [['Ann', 'lives in', 'Rome']]}
                       for i in range(60000)], out)
          partial = []
          while not partial:
            run = subprocess.Popen(
              [tercet, 'data', 'convert', '--from', 'triples', 'big.json', '--out', 'new/out.gz'])
            while not glob.glob('new/*.partial-*') and run.poll() is None: pass
            run.send_signal(signal.SIGSTOP)
            if run.poll() is None:
              os.waitid(os.P_PID, run.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            partial = glob.glob('new/*.partial-*')
            if not partial:
              run.send_signal(signal.SIGCONT)
              run.wait()
              os.unlink('new/out.gz')
          number = getattr(signal, 'SIG' + name)
          run.send_signal(number)
          run.send_signal(signal.SIGCONT)
          assert run.wait() == -number, run.returncode
          assert os.listdir('new') == [], os.listdir('new')
          """
        let result = try place.python(script, [program.path, name])
        #expect(result.status == 0, "\(result.stderr)")
      }
    }
  }
}
