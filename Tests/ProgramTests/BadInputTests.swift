import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// One clear line, once for the job; a status that is not 0; nothing written over; no rank left.
  @Suite("Bad input")
  struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
      let name: String
      /// What the one line must hold.
      let words: [String]
      var settings: [String] = []
      /// The configuration file in place of the good one.
      var configuration: String?
      /// What replaces the first line of `data/train.jsonl`.
      var line: String?
      /// Puts things in order, or out of it.
      var arrange: @Sendable (Workplace) throws -> Void = { _ in }

      var testDescription: String { name }
    }

    static let files: [Case] = [
      Case(
        name: "a configuration that is malformed", words: ["config.yaml:", "malformed YAML"],
        configuration: "model:\n  hidden: [1,\n"),
      Case(
        name: "a configuration that holds no section", words: ["config.yaml"],
        configuration: "- one\n- two\n"),
      Case(
        name: "a key that is not known", words: ["config.yaml:2:3", "'hiden'", "'hidden'"],
        configuration: "model:\n  hiden: 3\n"),
      Case(
        name: "a value of the wrong type", words: ["config.yaml:2:9", "batch.size", "many"],
        configuration: "batch:\n  size: many\n"),
      Case(
        name: "a value out of range", words: ["config.yaml:2:9", "'batch.size'", "from 1 to", "0"],
        configuration: "batch:\n  size: 0\n"),
      Case(
        name: "a missing corpus", words: ["nowhere/train.jsonl", "No such file"],
        settings: ["data.directory=nowhere"]),
      Case(
        name: "a missing development split", words: ["data/dev.jsonl", "No such file"],
        arrange: { try $0.remove("data/dev.jsonl") }),
      Case(
        name: "a folder in place of a corpus", words: ["data/train.jsonl"],
        arrange: {
          try $0.remove("data/train.jsonl")
          try $0.write("", to: "data/train.jsonl/x")
        }),
      Case(
        name: "an empty corpus", words: ["data/train.jsonl", "holds no sentence"],
        arrange: { try $0.write("", to: "data/train.jsonl") }),
      Case(
        name: "a corpus of empty lines", words: ["data/train.jsonl", "holds no sentence"],
        arrange: { try $0.write("\n\n", to: "data/train.jsonl") }),
      Case(
        name: "an empty development split", words: ["data/dev.jsonl", "holds no sentence"],
        arrange: { try $0.write("", to: "data/dev.jsonl") }),
      Case(
        name: "a corpus without triples", words: ["data/train.jsonl", "triple"],
        arrange: { try $0.write(#"{"tokens":["a"],"triples":[]}"# + "\n", to: "data/train.jsonl") }),
      Case(
        name: "no sentence that is short enough",
        words: ["data/train.jsonl", "data.maximumLength"],
        settings: ["data.maximumLength=1"]),
      Case(
        name: "word vectors that are not there", words: ["vectors.txt", "No such file"],
        settings: ["data.vectors=HERE/vectors.txt"]),
      Case(
        name: "word vectors of another width", words: ["vectors.txt", "3", "model.embedding=3"],
        settings: ["data.vectors=HERE/vectors.txt"],
        arrange: { try $0.write("the 1 2 3\nof 4 5 6\n", to: "vectors.txt") }),
      Case(
        name: "a word vector that breaks off", words: ["vectors.txt:2", "8"],
        settings: ["data.vectors=HERE/vectors.txt"],
        arrange: { try $0.write("the 1 2 3 4 5 6 7 8\nof 4 5 6\n", to: "vectors.txt") }),
    ]

    static let lines: [Case] = [
      Case(name: "no JSON", words: ["train.jsonl:1"], line: "tokens: a"),
      Case(name: "JSON that breaks off", words: ["train.jsonl:1"], line: #"{"tokens":["a""#),
      Case(
        name: "a key that is missing", words: ["train.jsonl:1", "triples"],
        line: #"{"tokens":["a"]}"#),
      Case(
        name: "a sentence without tokens", words: ["train.jsonl:1", "sentence without tokens"],
        line: #"{"tokens":[],"triples":[]}"#),
      Case(
        name: "a triple outside its sentence", words: ["train.jsonl:1", "7"],
        line: #"{"tokens":["a","b"],"triples":[{"head":[0,0],"relation":"r","tail":[1,7]}]}"#),
      Case(
        name: "a span that ends before it starts", words: ["train.jsonl:1"],
        line: #"{"tokens":["a","b"],"triples":[{"head":[1,0],"relation":"r","tail":[1,1]}]}"#),
      Case(
        name: "an id that occurs twice", words: ["train.jsonl:2", "line 1"],
        line: #"{"id":"ID","tokens":["a"],"triples":[]}"#),
    ]

    static let settings: [Case] = [
      ("optimizer.rat=1", ["'rat'", "'rate'"]), ("optmizer.rate=1", ["'optmizer'", "'optimizer'"]),
      ("optimizer.rate=fast", ["optimizer.rate", "a number", "fast"]),
      ("optimizer.rate=0", ["'optimizer.rate'", "above 0"]),
      ("optimizer.rate=.nan", ["'optimizer.rate'"]), ("optimizer.rate=.inf", ["'optimizer.rate'"]),
      ("optimizer.clip=.nan", ["'optimizer.clip'"]),
      ("optimizer.kind=adm", ["optimizer.kind", "'adm'", "adam"]),
      ("model.kind=copymlt", ["model.kind", "copymlt", "did you mean 'copymtl'"]),
      ("model.dropout=1", ["'model.dropout'", "0..<1"]),
      ("model.teacherForcing=1.5", ["'model.teacherForcing'", "0...1", "1.5"]),
      ("model.hidden=0", ["'model.hidden'", "in 1...65536"]),
      ("model.hidden=1.5", ["model.hidden", "1.5"]),
      ("model.lambda=-1", ["'model.lambda'"]),
      ("batch.shards=6", ["'batch.shards'", "power of two"]),
      ("batch.shards=0", ["'batch.shards'"]), ("batch.pool=0", ["'batch.pool'"]),
      ("batch.size=9223372036854775807", ["'batch.size'"]),
      ("epochs=9223372036854775807", ["'epochs'"]), ("epochs=0", ["'epochs'", "from 1 to"]),
      ("seed=-1", ["'seed'", "0 or more"]), ("epochs=yes", ["epochs", "yes"]),
      ("epochs=", ["epochs"]), ("epochs.more=1", ["epochs"]),
    ].map { Case(name: $0.0, words: $0.1, settings: [$0.0]) }

    @Test(
      "training stops with one line and writes nothing",
      arguments: files + lines + sampled(settings))
    func training(_ bad: Case) throws {
      try withWorkplace { place in
        try place.write("an older run's\n", to: "run/last.h5")
        let before = try place.snapshot("run")
        if let text = bad.configuration {
          let data = text.contains("data:") ? "" : "data:\n  directory: \(place.path("data"))\n"
          try place.write(text.hasPrefix("-") ? text : text + data, to: "config.yaml")
        }
        if let line = bad.line {
          var lines = try place.text("data/train.jsonl").split(separator: "\n").map(String.init)
          lines[0] = line.replacing("ID", with: "train-2")
          try place.write(lines.joined(separator: "\n") + "\n", to: "data/train.jsonl")
        }
        try bad.arrange(place)
        for ranks in hasRanks && bad.settings.first != bad.name ? [1, 2] : [1] {
          let settings = bad.settings.map { $0.replacing("HERE", with: place.folder.path) }
          let result = try place.train(ranks: ranks, "run", settings, ["--overwrite"])
          #expect(result.status == 1, "\(result.stdout)\(result.stderr)")
          #expect(result.complaints.count == 1, "\(result.stderr)")
          for word in bad.words {
            #expect(result.stderr.contains(word), "\(word): \(result.stderr)")
          }
          #expect(try place.snapshot("run") == before)
        }
      }
    }

    @Test("sentences that are too long are counted and left out, and training goes on")
    func tooLong() throws {
      try withWorkplace { place in
        let longest = ["data.maximumLength=20"]
        for ranks in hasRanks ? [1, 2] : [1] {
          let result = try place.trained(
            ranks: ranks, "run\(ranks)", longest, ["--stop-after", "2"])
          let all = result.stdout + result.stderr
          let pattern = /train.jsonl: (\d+) sentences of more than 20 tokens are left out/
          let count = try #require(all.firstMatch(of: pattern), "\(all)").1
          let script = """
            import json, sys
            lines = [json.loads(line) for line in open('data/train.jsonl')]
            print(sum(len(line['tokens']) > 20 for line in lines))
            """
          #expect(try place.python(script, []).stdout == "\(count)\n")
        }
        let file = place.path("run1/last.h5")
        let evaluated = try place.tercet(
          "evaluate", "--checkpoint", file, "--data", "data/test.jsonl")
        #expect(evaluated.status == 0)
        #expect(evaluated.stderr.contains("only the first 20 tokens are read"))
        let tokens = Array(repeating: "word", count: 30).joined(separator: " ")
        let extracted = try place.tercet("extract", "--checkpoint", file, input: tokens + "\n")
        #expect(extracted.status == 0)
        #expect(extracted.stderr.contains("of 1 sentence only the first 20 tokens are read"))
      }
    }

    @Test("relations that training lacks are counted, warned of, and are misses")
    func unseenRelations() throws {
      try withWorkplace { place in
        let line =
          #"{"tokens":["a","b"],"triples":[{"head":[0,0],"relation":"unheard","tail":[1,1]}]}"#
        for split in ["dev", "test"] {
          try place.write(
            try place.text("data/\(split).jsonl") + line + "\n", to: "data/\(split).jsonl")
        }
        let result = try place.trained("run", [], ["--stop-after", "1"])
        #expect((result.stdout + result.stderr).contains("warning: "))
        let evaluated = try place.tercet(
          "evaluate", "--checkpoint", "run/last.h5", "--data", "data/test.jsonl")
        #expect(evaluated.status == 0)
        #expect(evaluated.stderr.contains("1 relation"), "\(evaluated.stderr)")
      }
    }

    @Test("a relation outside the user's relation file is named")
    func relationFile() throws {
      try withWorkplace { place in
        let record = #"[{"text":"a b","triple_list":[["a","likes","b"]]}]"#
        try place.write(record, to: "triples.json")
        try place.write(#"{"knows":0}"#, to: "relations.json")
        let result = try place.tercet(
          "data", "convert", "--from", "triples", "triples.json", "--relations", "relations.json",
          "--out", "new/out.jsonl")
        #expect(result.status == 1)
        #expect(result.complaints.count == 1)
        for word in ["triples.json", "likes", "relations.json"] {
          #expect(result.stderr.contains(word), "\(result.stderr)")
        }
        #expect(place.names("new").isEmpty)
      }
    }

    @Test("evaluate, extract and stats name what they cannot read")
    func otherVerbs() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        let file = "run/last.h5"
        try place.write("", to: "empty.jsonl")
        try place.write("{", to: "broken.jsonl")
        try place.write(Data([0x61, 0xFF, 0x62, 0x0A]), to: "latin.txt")
        let cases: [(ProcessResult, [String])] = [
          (
            try place.tercet("evaluate", "--checkpoint", file, "--data", "no.jsonl"),
            ["no.jsonl", "No such file"]
          ),
          (
            try place.tercet("evaluate", "--checkpoint", file, "--data", "empty.jsonl"),
            ["empty.jsonl", "holds no sentence"]
          ),
          (
            try place.tercet("evaluate", "--checkpoint", file, "--data", "broken.jsonl"),
            ["broken.jsonl:1"]
          ),
          (
            try place.tercet(
              "evaluate", "--checkpoint", file, "--data", "data/dev.jsonl", "--json",
              "empty.jsonl/r"
            ), ["empty.jsonl"]
          ),
          (try place.tercet("extract", "--checkpoint", file, "no.txt"), ["no.txt"]),
          (try place.tercet("extract", "--checkpoint", file, "latin.txt"), ["latin.txt", "UTF-8"]),
          (try place.tercet("data", "stats", "no.jsonl"), ["no.jsonl"]),
          (try place.tercet("data", "stats", "broken.jsonl"), ["broken.jsonl:1"]),
        ]
        for (result, words) in cases {
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          for word in words { #expect(result.stderr.contains(word), "\(result.stderr)") }
        }
      }
    }
  }
}
