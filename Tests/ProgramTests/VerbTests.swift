import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The verbs as they are meant to be used.
  @Suite("Verbs")
  struct VerbTests {
    /// A model that has learnt a little, so that scores are not all zero.
    static let learning = [
      "batch.size=40", "epochs=10", "optimizer.rate=0.02", "model.hidden=32",
      "model.teacherForcing=1", "evaluation.match=partial-last",
    ]

    @Test("a seed makes the same sample bytes, another seed others")
    func synthesize() throws {
      try withWorkplace { place in
        for (folder, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
          let made = try place.tercet(
            "data", "synthesize", "--seed", seed, "--sentences", "50", "--out", folder)
          #expect(made.status == 0)
          #expect(place.names(folder) == ["dev.jsonl", "test.jsonl", "train.jsonl"])
        }
        #expect(try place.snapshot("a") == place.snapshot("b"))
        #expect(try place.snapshot("a") != place.snapshot("c"))
        let counts = try ["train", "dev", "test"].map {
          try place.text("a/\($0).jsonl").split(separator: "\n").count
        }
        #expect(counts == [40, 5, 5])
      }
    }

    @Test("a corpus of other contents is replaced where that is asked for, and made again as it is")
    func synthesizeAgain() throws {
      try withWorkplace { place in
        let made = ["data", "synthesize", "--sentences", "50", "--out", "new", "--seed"]
        for _ in 0..<2 { #expect(try place.tercet(made + ["7"]).status == 0) }
        let first = try place.snapshot("new")
        try place.remove("new/train.jsonl")
        let refused = try place.tercet(made + ["8"])
        #expect(refused.status == 1)
        #expect(
          refused.complaints == [
            "tercet: new/dev.jsonl: is there with other contents; name another folder, or replace it "
              + "with --overwrite"
          ])
        #expect(place.names("new") == ["dev.jsonl", "test.jsonl"])
        #expect(try place.tercet(made + ["8", "--overwrite"]).status == 0)
        #expect(try place.snapshot("new") != first)
        #expect(try place.tercet(made + ["7", "--overwrite"]).status == 0)
        #expect(try place.snapshot("new") == first)
      }
    }

    @Test("converting makes folders and tells what it found")
    func convert() throws {
      try withWorkplace { place in
        try place.write(
          #"[{"text":"Ann lives in Rome","triple_list":[["Ann","lives in","Rome"]]}]"#,
          to: "triples.json")
        for file in ["x/y/a.jsonl", "x/y/b.jsonl"] {
          let made = try place.tercet(
            "data", "convert", "--from", "triples", "triples.json", "--out", file)
          #expect(made.status == 0, "\(made.stderr)")
          #expect(made.stdout.contains("1 sentence"), "\(made.stdout)")
        }
        #expect(try place.contents("x/y/a.jsonl") == place.contents("x/y/b.jsonl"))
        let stats = try place.tercet("data", "stats", "x/y/a.jsonl")
        #expect(stats.status == 0)
        #expect(stats.stdout.contains("1 / 1"), "\(stats.stdout)")
      }
    }

    @Test("statistics count what synthesis made")
    func statistics() throws {
      try withWorkplace { place in
        let stats = try place.tercet("data", "stats", "data")
        #expect(stats.status == 0)
        let row = try #require(
          stats.stdout.split(separator: "\n").first { $0.hasPrefix("sentences ") })
        #expect(row.split(separator: " ") == ["sentences", "160", "20", "20"])
      }
    }

    @Test("extract reads sentences from its input and from a file")
    func extract() throws {
      try withWorkplace { place in
        try place.trained("run", Self.learning)
        let lines = try place.text("data/test.jsonl").split(separator: "\n").prefix(5)
        let sentences = try lines.map { line in
          let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
          let tokens = try #require((object as? [String: Any])?["tokens"] as? [String])
          return tokens.joined(separator: " ")
        }
        let text = sentences.joined(separator: "\n") + "\n"
        try place.write(text, to: "text.txt")
        let piped = try place.tercet("extract", "--checkpoint", "run/best.h5", input: text)
        let read = try place.tercet("extract", "--checkpoint", "run/best.h5", "text.txt")
        #expect(piped.status == 0 && read.status == 0)
        #expect(piped.stdout == read.stdout)
        for line in piped.stdout.split(separator: "\n") {
          #expect(line.split(separator: "\t").count == 3)
        }
        let json = try place.tercet("extract", "--checkpoint", "run/best.h5", "--json", input: text)
        try place.write(json.stdout, to: "found.jsonl")
        #expect(try place.tercet("data", "stats", "found.jsonl").status == 0)
        let nothing = try place.tercet("extract", "--checkpoint", "run/best.h5", input: "\n")
        #expect(nothing.status == 0 && nothing.stderr == "0 sentences, 0 triples\n")
      }
    }

    @Test("inspect lists what a checkpoint holds")
    func inspect() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "2"])
        let result = try place.tercet("inspect", "run/last.h5")
        #expect(result.status == 0)
        for text in [
          "checksum verified", "step = 2", "kind: copymtl", "/parameters", "/optimizer/first",
          "embedding.word", "/vocabulary",
        ] { #expect(result.stdout.contains(text), "\(text)") }
      }
    }

    @Test("a printed configuration reads back as itself")
    func printedConfiguration() throws {
      try withWorkplace { place in
        let settings = ["--set", "model.kind=copyre-prime5", "--set", "optimizer.rate=0.25"]
        let first = try runProcess(
          program.path, ["train", place.path("config.yaml"), "--print-config"] + settings)
        #expect(first.status == 0)
        #expect(first.stdout.contains("kind: copyre-prime5"))
        try place.write(first.stdout, to: "again.yaml")
        let second = try place.tercet("train", "again.yaml", "--print-config")
        #expect(second.stdout == first.stdout)
        #expect(place.names("").contains("checkpoints") == false)
      }
    }

    @Test("help is there for the program and every verb, and names every flag of the contract")
    func help() throws {
      try withWorkplace { place in
        let flags: [([String], [String])] = [
          ([], ["train", "evaluate", "extract", "inspect", "data"]),
          (["train"], ["--set", "--checkpoints", "--resume", "--overwrite", "--stop-after"]),
          (["evaluate"], ["--checkpoint", "--data", "--match", "--json", "--threads"]),
          (["extract"], ["--checkpoint", "--json"]), (["inspect"], ["inspect"]),
          (["data", "convert"], ["--from", "--out", "--words", "--relations"]),
          (["data", "synthesize"], ["--seed", "--sentences", "--out", "--overwrite"]),
          (["data", "stats"], ["stats"]),
        ]
        for (verb, words) in flags {
          let result = try runProcess(program.path, verb + ["--help"])
          #expect(result.status == 0 && result.stderr.isEmpty, "\(verb)")
          for word in words { #expect(result.stdout.contains(word), "\(verb): \(word)") }
          #expect(result.stdout.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
        let version = try place.tercet("--version")
        #expect(version.stdout.wholeMatch(of: /tercet \d+\.\d+\.\d+\n/) != nil)
      }
    }

    @Test("word vectors start the table, and their coverage is told")
    func vectors() throws {
      try withWorkplace { place in
        let script = """
          import json
          words = sorted({t for line in open('data/train.jsonl') for t in json.loads(line)['tokens']})
          with open('vectors.txt', 'w') as out:
            for i, word in enumerate(words[:50] + ['not-in-the-corpus']):
              print(word, *[i + 1 + k / 8 for k in range(8)], file=out)
          print(len(words))
          """
        let words = try place.python(script, []).stdout.filter(\.isNumber)
        let settings = [
          "data.vectors=\(place.path("vectors.txt"))", "optimizer.kind=sgd", "optimizer.rate=1e-30",
        ]
        for ranks in hasRanks ? [1, 2] : [1] {
          let result = try place.trained(
            ranks: ranks, "run", settings, ["--stop-after", "1", "--overwrite"])
          #expect(result.stdout.contains("of \(words) words 50 start from vectors of"))
          let check = """
            import h5py, numpy
            f = h5py.File('run/last.h5', 'r')
            words = [w.decode() for w in f['vocabulary/words']]
            table = f['parameters/embedding.word'][:]
            first = len(table) - len(words)
            found = {tuple(row) for row in table}
            for i, line in enumerate(open('vectors.txt')):
              word, *numbers = line.split()
              assert (tuple(map(numpy.float32, numbers)) in found) == (word in words), word
            """
          let checked = try place.python(check, [])
          #expect(checked.status == 0, "\(checked.stderr)")
        }
      }
    }

    /// Runs the program and prints the most memory that it held, in kilobytes; without huge pages
    /// (`PR_SET_THP_DISABLE`), of which it gets more or fewer by chance.
    static let measure = """
      import ctypes, os, subprocess, sys
      run = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL,
                             preexec_fn=lambda: ctypes.CDLL(None).prctl(41, 1, 0, 0, 0))
      _, status, usage = os.wait4(run.pid, 0)
      assert status == 0, status
      print(usage.ru_maxrss)
      """

    /// By then products of all shapes have been made, which are kept.
    @Test(
      "memory does not grow over three thousand steps of sentences of all lengths",
      .enabled(if: Sanitizer.current == nil, "sanitizers keep what was freed"))
    func memory() throws {
      try withWorkplace { place in
        let peaks = try ["3000", "6000"].map { steps in
          let result = try place.python(
            Self.measure,
            [
              program.path, "train", "config.yaml", "--checkpoints", "run\(steps)", "--overwrite",
              "--set",
              "batch.size=1", "--set", "epochs=40", "--stop-after", steps,
            ])
          return try #require(Double(result.stdout.filter(\.isNumber)), "\(result.stderr)")
        }
        #expect(peaks[1] < 1.04 * peaks[0], "\(peaks)")
      }
    }

    @Test(
      "output that is no terminal gets plain lines, also through mpirun", .enabled(if: hasRanks))
    func plainOutput() throws {
      try withWorkplace { place in
        for ranks in [1, 2] {
          let result = try place.trained(ranks: ranks, "run\(ranks)", ["log.every=10"])
          #expect(!result.stdout.contains("\u{1B}") && !result.stdout.contains("\r"))
          #expect(result.stdout.matches(of: #/step \d+/\d+  L_D /#).count == 2)
        }
      }
    }
  }
}
