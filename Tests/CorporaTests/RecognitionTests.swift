import Foundation
import TestSupport
import Testing

@testable import Corpora

struct RecognitionTests {
  @Test(
    "every example of a format is recognised as what it is",
    arguments: FormatTests.Case.good + FormatTests.Case.field)
  func examples(_ example: FormatTests.Case) throws {
    let found = try inFolder(example.files) {
      try CorpusFormat.recognised("\($0)/\(example.input)")
    }
    #expect(found == example.format)
  }

  @Test("a first record that is bad or lacks a key hides no format")
  func firstRecord() throws {
    let lines = ["oops", #"{"text":"a"}"#, #"{"text":"a","triple_list":[]}"#]
    #expect(
      try inFolder(["in": lines.joined(separator: "\n")]) {
        try CorpusFormat.recognised("\($0)/in")
      }
        == .triples)
  }

  @Test("what is no known format is described, with the reason for each format")
  func unknown() throws {
    let found = try #require(
      message {
        try inFolder(["in": #"[{"words":["a"],"rels":[]}]"#]) {
          try CorpusFormat.recognised("\($0)/in")
        }
      })
    let lines = found.split(separator: "\n")
    #expect(
      lines.first
        == "in: has no format that --from names; it is records with the keys 'words', 'rels'")
    #expect(lines.count == CorpusFormat.allCases.count + 1)
    #expect(lines.contains("  not triples: its records have no key 'text', 'triple_list'"))
    let text = try #require(
      message { try inFolder(["in": "Ann left.\n"]) { try CorpusFormat.recognised("\($0)/in") } })
    #expect(text.contains("it is text that starts 'Ann left.'"))
    #expect(
      message { try inFolder(["in": " \n"]) { try CorpusFormat.recognised("\($0)/in") } }
        == "in: is empty")
    #expect(
      message { try inFolder([:]) { try CorpusFormat.recognised("\($0)/none") } }
        == "none: cannot be opened: no such file")
  }

  @Test(
    "a corpus of another format names the command that reads it",
    arguments: FormatTests.Case.good + FormatTests.Case.field)
  func foreign(_ example: FormatTests.Case) throws {
    let name = example.format.isPair ? "in.sent" : "in"
    let found = message { try inFolder(example.files) { try JSONLines.read("\($0)/\(name)") } }
    let names = example.format == .copyre ? " --words FILE --relations FILE" : ""
    let start =
      "\(name): is not tercet's JSON Lines; convert it: tercet data convert --from \(example.format) "
      + "\(name)\(names) --out "
    #expect(found?.hasPrefix(start) == true, "\(found ?? "read")")
    #expect(found?.hasSuffix("in.jsonl") == true, "\(found ?? "read")")
  }

  @Test(
    "a list of tercet's own records is refused with the command that makes lines of it",
    arguments: ["[%,%]", " [ %]\n", "[\n%,\n%\n]\n", "[\n  %,\n", "[\r\n{\"a\":1}, %]"])
  func list(_ form: String) throws {
    let pretty = "{\n  \"tokens\": [\n    \"a\"\n  ],\n  \"triples\": []\n}"
    for record in [#"{"tokens":["a"],"triples":[]}"#, pretty] {
      let text = form.replacing("%", with: record)
      for (name, output) in [("in.json", "in.jsonl"), ("in.jsonl", "converted/in.jsonl")] {
        #expect(
          message { try inFolder([name: text]) { try JSONLines.read("\($0)/\(name)") } }
            == "\(name): is a JSON list; make lines of it: "
            + "tercet data convert --from jsonl \(name) --out \(output)", "\(text)")
      }
    }
  }

  @Test("a list of other records, and a record on several lines, are told too")
  func otherLayouts() throws {
    #expect(
      message {
        try inFolder(["in": "[\n{\"words\":[]}\n]"]) { try JSONLines.read("\($0)/in") }
      } == "in: is a JSON list, expected a record a line with 'tokens' and 'triples'")
    let record = "{\"tokens\":[\"a\"],\n\"triples\":[]}\n"
    #expect(
      message { try inFolder(["in": record]) { try JSONLines.read("\($0)/in") } }
        == "in: is not tercet's JSON Lines; convert it: "
        + "tercet data convert --from jsonl in --out in.jsonl")
  }

  @Test("a folder of such corpora names it too")
  func folder() throws {
    let found = message {
      try inFolder(["train.json": #"[{"text":"a","triple_list":[]}]"#]) {
        try CorpusFolder.splits($0)
      }
    }
    #expect(found?.hasSuffix("train.json --out train.jsonl") == true, "\(found ?? "read")")
    #expect(found?.contains("tercet data convert --from triples") == true)
  }

  @Test("a split that is not there is made of a corpus in its place")
  func missing() throws {
    let record = #"[{"text":"a","triple_list":[]}]"#
    let files = ["train_triples.json": record, "val.json": record, "all.json": record]
    for (split, source) in [("train", "train_triples.json"), ("dev", "val.json")] {
      let found = message { try inFolder(files) { try JSONLines.read("\($0)/\(split).jsonl") } }
      #expect(
        found == "\(split).jsonl: cannot be opened: No such file or directory; make it: "
          + "tercet data convert --from triples \(source) --out \(split).jsonl")
    }
    let inside = message {
      try inFolder(files) { try JSONLines.read("\($0)/all.json/train.jsonl") }
    }
    #expect(
      inside == "all.json/train.jsonl: cannot be opened: Not a directory; make it: "
        + "tercet data convert --from triples all.json --out all.jsonl")
    #expect(
      message { try inFolder(files) { try JSONLines.read("\($0)/test.jsonl") } }
        == "test.jsonl: cannot be opened: No such file or directory")
  }

  @Test("the command never writes over its input")
  func output() {
    for (path, output) in [
      ("a/train.json.gz", "a/train.jsonl"), ("train.jsonl", "converted/train.jsonl"),
      ("a/train.jsonl.gz", "a/converted/train.jsonl"), ("a.b/x", "a.b/x.jsonl"),
      ("NYT29/train.sent", "NYT29/train.jsonl"),
    ] {
      #expect(
        CorpusFormat.triples.command(converting: path).hasSuffix("--out \(output)"), "\(path)")
    }
  }
}
