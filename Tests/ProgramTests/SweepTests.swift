import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `cluster/sweep`, also as `tercet sweep`.
  @Suite("Sweeps", .enabled(if: Sanitizer.current == nil))
  struct SweepTests {
    @Test("the parts of cluster/sweep, and sweeps of what stands in for tercet")
    func parts() throws {
      let folder = packageRoot.appending(path: "Tests/Sweeping").path
      let result = try runProcess(
        "/usr/bin/env", ["python3", "-B", "-m", "unittest", "discover", "-v", "-s", folder],
        environment: ["TERCET": program.path], timeout: 600)
      #expect(result.status == 0, "\(result.stderr)")
      for line in result.stderr.split(separator: "\n") where line.contains("skipped") {
        print("Skipped: \(line)")
      }
    }

    /// The words of a sweep over two weights of a loss and two seeds.
    private func words(_ key: String, _ more: [String] = []) -> [String] {
      ["sweep", "config.yaml", "--out", "sweep", "--grid", "\(key)=0.5,2", "--seeds", "3,4"]
        + ["--no-plots", "--set", "num_epochs=2"] + more
    }

    private func run(_ words: [String], in place: Workplace) throws -> ProcessResult {
      try runProcess(program.path, words, in: place.folder)
    }

    @Test("a sweep whose driver is killed ends with the bits of trainings alone")
    func killed() throws {
      try withWorkplace { place in
        // Once the first trial has trained for an epoch.
        let script = """
          import glob, os, subprocess, sys
          run = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
          def trained():
            return any('"evaluation"' in open(log).read() for log in glob.glob('sweep/trials/*/run.jsonl'))
          while not trained() and run.poll() is None: pass
          run.kill()
          print(run.wait())
          """
        let command = [program.path] + words("lambda", ["--set=batch.size=40", "--jobs", "1"])
        let killed = try place.python(script, command)
        #expect(killed.stdout == "-9\n", "\(killed)")
        let result = try run(words("lambda", ["--set", "batch.size=40"]), in: place)
        #expect(result.status == 0, "\(result)")
        #expect(result.stdout.contains("4 trials: 4 done"), "\(result)")
        for (weight, seed) in [("0.5", "3"), ("2", "4")] {
          let alone = "alone-\(weight)"
          try place.trained(
            alone, ["lambda=\(weight)", "seed=\(seed)", "epochs=2", "batch.size=40"])
          for file in ["best.h5", "last.h5"] {
            try place.expectSame(
              "\(alone)/\(file)", "sweep/trials/model.lambda=\(weight),seed=\(seed)/\(file)")
          }
        }
      }
    }

    @Test(
      "a sweep varies the weight of any model's loss, and scores the test split when asked",
      arguments: [("rin", "erWeight"), ("hmt", "eeWeight")])
    func key(kind: String, key: String) throws {
      try withWorkplace { place in
        try place.write(
          "model:\n  kind: \(kind)\n  embedding: 4\n  hidden: 4\ndata:\n  directory: data\n",
          to: "config.yaml")
        let result = try run(words(key, ["--test"]), in: place)
        #expect(result.status == 0, "\(result)")
        let table = try place.text("sweep/trials.csv").split(separator: "\n")
        #expect(table.count == 5 && table[0].hasPrefix("model.\(key),seed,state"), "\(table)")
        #expect(table[0].contains(",test_f1,"))
        let log = try place.text("sweep/trials/model.\(key)=2,seed=4/run.jsonl")
        for words in ["\(key): 2.0", "seed: 4", "epochs: 2"] {
          #expect(log.contains("\(words)\\n"))
        }
      }
    }

    @Test("mistakes are answered with one line, as tercet's own or the script's")
    func mistakes() throws {
      try withWorkplace { place in
        for (words, found) in [
          (words("every"), "'every' may mean"), (words("lambada"), "did you mean"),
          (["sweep", "none.yaml", "--out", "sweep", "--grid", "lambda=1"], "none.yaml"),
          (["sweep", "config.yaml"], "--out DIR"),
        ] {
          let result = try place.tercet(words)
          #expect(result.status == 1 && result.complaints.count == 1, "\(result)")
          #expect(result.stdout.isEmpty && result.stderr.contains(found), "\(result)")
        }
        #expect(try place.tercet("sweep", "--help").stdout.contains("handed to cluster/sweep"))
        let listed = try place.tercet("sweep", "config.yaml", "--help").stdout
        #expect(listed.contains("cluster/sweep CONFIG --out"))
      }
    }
  }
}
