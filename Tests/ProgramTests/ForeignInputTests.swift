import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Files that are not what a verb asks for, and corpora with a fault or two.
  @Suite("Foreign input")
  struct ForeignInputTests {
    static let record = #"{"text":"Ada runs Vela","triple_list":[["Ada","leads","Vela"]]}"#

    @Test(
      "every verb that reads a corpus names the command that converts another format, and it works")
    func commands() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "1"])
        try place.write("[\(Self.record)]", to: "my corpus/train.json")
        let path = "my corpus/train.json"
        let calls = [
          ["data", "stats", path], ["data", "stats", "my corpus"],
          ["evaluate", "--checkpoint", "run/last.h5", "--data", path],
          ["train", "config.yaml", "--set", "data.directory=my corpus", "--checkpoints", "new"],
        ]
        for call in calls {
          let result = try place.tercet(call)
          #expect(result.status == 1, "\(call)")
          let command =
            "tercet data convert --from triples 'my corpus/train.json' --out 'my corpus/train.jsonl'"
          #expect(result.stderr.contains(command), "\(result.stderr)")
        }
        let result = try place.tercet(
          "data", "convert", "--from", "triples", path, "--out", "my corpus/train.jsonl")
        #expect(result.status == 0)
        #expect(try place.tercet("data", "stats", "my corpus").status == 0)
      }
    }

    @Test("a list in place of lines is one line of every verb that reads a corpus")
    func lists() throws {
      try withWorkplace { place in
        let records = try place.text("data/train.jsonl").split(separator: "\n")
        let list = "[\n" + records.joined(separator: ",\n") + "\n]\n"
        try place.write(list.replacing("{", with: "{\n"), to: "data/train.jsonl")
        let said =
          "data/train.jsonl: is a JSON list; make lines of it: tercet data convert --from jsonl "
          + "data/train.jsonl --out data/converted/train.jsonl"
        for call in [
          ["data", "stats", "data"], ["score", "data/train.jsonl", "data/dev.jsonl"],
          ["train", "config.yaml", "--set", "data.directory=data", "--checkpoints", "new"],
        ] {
          let result = try place.tercet(call)
          #expect(result.status == 1, "\(call)")
          #expect(result.complaints == ["tercet: \(said)"], "\(result.stderr)")
        }
        let checked = try place.tercet("data", "check", "data")
        let found = checked.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(checked.status == 1 && found.contains("fault: train: \(said)"), "\(found)")
        #expect(!found.contains("malformed"), "\(found)")
      }
    }

    @Test("convert recognises the format, and writes nothing where a record is bad")
    func convert() throws {
      try withWorkplace { place in
        let bad = #"{"text":"Cy left","triple_list":[["Cy","left",""]]}"#
        try place.write("[\(Self.record),\(bad),\(Self.record)]", to: "list.json")
        let refused = try place.tercet("data", "convert", "list.json", "--out", "new/out.jsonl")
        #expect(refused.status == 1)
        #expect(
          refused.complaints == [
            "tercet: list.json:1: record 2: an entity of a triple is empty (--skip-bad leaves it out)"
          ])
        #expect(place.names("new").isEmpty)
        let left = try place.tercet(
          "data", "convert", "list.json", "--skip-bad", "--out", "new/out.jsonl")
        #expect(left.status == 0)
        #expect(left.stdout.contains("list.json: read as --from triples"))
        #expect(left.stdout.contains("  1 bad record left out: an entity of a triple is empty"))
        #expect(left.stdout.contains("    list.json:1: record 2: an entity of a triple is empty"))
        #expect(try place.text("new/out.jsonl").split(separator: "\n").count == 2)
      }
    }

    @Test("labels of no relation in JSON Lines are warned of before training and in statistics")
    func labels() throws {
      try withWorkplace { place in
        let line =
          #"{"tokens":["a","b"],"triples":[{"head":[0,0],"relation":"no_relation","tail":[1,1]}]}"#
        try place.write(try place.text("data/train.jsonl") + line + "\n", to: "data/train.jsonl")
        let warning = "data/train.jsonl: 'no_relation', of 1 triple, counts as a relation"
        try place.write(
          try place.text("data/dev.jsonl") + line.replacing("no_relation", with: "new") + "\n",
          to: "data/dev.jsonl")
        let stats = try place.tercet("data", "stats", "data")
        #expect(stats.complaints.count == 2, "\(stats.stderr)")
        for said in [warning, "dev: training lacks 1 relation with 1 triple, each"] {
          #expect(stats.complaints.contains { $0.hasPrefix("warning: \(said)") }, "\(stats.stderr)")
        }
        #expect(!stats.stdout.contains("warning"))
        let result = try place.trained("run", [], ["--stop-after", "1"])
        #expect((result.stdout + result.stderr).contains(warning))
      }
    }

    @Test("configurations, corpora and vectors may be gzipped and may start with a byte order mark")
    func marks() throws {
      try withWorkplace { place in
        let mark = Data([0xEF, 0xBB, 0xBF])
        let vectors = "the 1 2 3 4 5 6 7 8\n"
        try place.write(mark + Data(vectors.utf8), to: "vectors.txt")
        for name in ["config.yaml", "data/train.jsonl", "data/dev.jsonl"] {
          try place.write(mark + (try place.contents(name)), to: name)
        }
        for name in ["config.yaml", "data/train.jsonl", "vectors.txt"] {
          let pack =
            "gzip -c \(place.path(name)) >\(place.path("packed")) && mv \(place.path("packed")) \(place.path(name))"
          #expect(try runProcess("/bin/sh", ["-c", pack]).status == 0)
        }
        try place.write(try place.contents("data/train.jsonl"), to: "data/train.jsonl.gz")
        try place.remove("data/train.jsonl")
        try place.trained(
          "run", ["data.vectors=\(place.path("vectors.txt"))"], ["--stop-after", "1"])
        try place.write(Data([0xFF, 0xFE, 0x61, 0x00]), to: "config.yaml")
        let result = try place.train(ranks: 1, "other", [], [])
        #expect(result.status == 1)
        #expect(
          result.complaints.count == 1 && result.stderr.contains("is UTF-16"), "\(result.stderr)")
      }
    }
  }
}
