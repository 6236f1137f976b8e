import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("What a check finds in a folder")
struct CheckTests {
  /// A token, so often.
  private static func words(_ word: String, _ count: Int) -> String {
    "[" + [String](repeating: "\"\(word)\"", count: count).joined(separator: ",") + "]"
  }

  /// One of every fault and oddity.
  static let files: [String: String] = [
    "train.jsonl": """
    {"tokens":["Ann","Moore","left","Time","Inc."],"entities":[{"span":[0,1],"type":"PER"},{"span":[0,1],"type":"ORG"},{"span":[3,3]}],"triples":[{"head":[0,1],"relation":"employer","tail":[3,4]}]}
    {"tokens":["Ann","Moore","left","Time","Inc."],"triples":[{"head":[3,4],"relation":"Employer ","tail":[0,1]}]}
    {"id":"x","tokens":["Bob","lives","in","rome","."],"triples":[{"head":"Bob","relation":"no_relation","tail":"Rome"}]}

    {"tokens":["New","York","City","is","not","New","York"],"triples":[{"head":[0,1],"relation":"Other","tail":[0,1]},{"head":[0,2],"relation":"in","tail":[0,1]},{"head":[0,2],"relation":"in","tail":[0,1]}]}
    {"tokens":\(words("long", 257)),"triples":[]}
    {"tokens":["a\u{FFFD}","b\\u0007","c\\uFEFF","d\u{AD}","e\u{A0}f","\u{E9}"],"triples":[]}
    {"tokens":["a",""],"triples":[]}
    {"tokens":["",""],"triples":[]}
    {"tokens":["","",""],"triples":[]}
    {"tokens":["a","b",""],"triples":[]}
    {"tokens":[""],"triples":[]}
    {"tokens":["","a"],"triples":[]}
    {"tokens":["a"],"triples":[{"head":[0,1],"relation":"in","tail":[0,0]}]}
    {"id":"x","tokens":["a"],"triples":[]}
    {"tokens":["a"]
    """,
    "dev.jsonl": """
    {"tokens":["Ann","Moore","left","Time","Inc."],"triples":[{"head":"Time Inc.","relation":"Employer ","tail":"Ann Moore"}]}
    {"tokens":["Ann","Moore","left","Time","Inc."],"triples":[]}
    {"tokens":["Zoe","e\u{301}"],"triples":[{"head":[0,0],"relation":"spouse","tail":[1,1]}]}
    """,
    "dev.jsonl.gz": "not read", "test.jsonl": #"{"tokens":["Zoe","é"],"triples":[]}"#,
    "other.jsonl": "",
  ]

  /// Kind, name, split, number, whole and detail of each, in order.
  static let expected = """
    fault faults.unreadable other
    fault faults.records train 6 15
    fault faults.records train 1 15
    fault faults.records train 1 15
    fault faults.records train 1 15
    warning faults.passed_over
    warning leaks.train dev 2 3 1 with equal triples
    note repeats.sentences train 1 6
    warning repeats.contradictions train 1 1
    note repeats.sentences dev 1 3
    warning repeats.contradictions dev 1 1
    warning relations.none train 1 5
    warning relations.other train 1 5
    warning relations.rare train 5 5
    warning relations.unseen dev 1 2 1 triple
    note relations.train_only train 4 5
    warning relations.variants 1
    warning triples.unlocated train 1 12 1 but for case or accents
    warning triples.no_target train 1 5
    note triples.ambiguous train 1 8
    warning triples.self train 1 5
    note triples.overlapping train 1 5
    note triples.repeated train 1 6
    note triples.none train 2 6
    note triples.none dev 1 3
    warning triples.none test 1 1
    note entities.nested train 2 7
    warning entities.unlisted train 1 7
    warning entities.two_types train 1 3
    warning entities.untyped train 1 3
    note lengths train least 5, median 5, 95 % up to 257, most 257
    warning lengths.over train 1 6
    note lengths dev least 2, median 5, 95 % up to 5, most 5
    note lengths test least 2, median 2, 95 % up to 2, most 2
    warning words.unknown dev 2 12 2 words
    warning words.unknown test 1 2 1 word
    warning words.lookalikes 1
    warning characters.replacement train 1 285
    warning characters.control train 1 285
    warning characters.mark train 1 285
    note characters.invisible train 1 285
    note characters.space train 1 285
    """

  private func check<T>(
    _ files: [String: String], _ body: (URL, CorpusCheck) throws -> T
  ) throws -> T {
    try withTemporaryDirectory { folder in
      for (name, text) in files {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      return try body(folder, try CorpusCheck(folder.path, longest: 256))
    }
  }

  private func findings(_ files: [String: String]) throws -> [Finding] {
    try check(files) { $1.sections.flatMap(\.findings) }
  }

  @Test("one of every fault and oddity is found, and nothing else")
  func all() throws {
    let lines = try findings(Self.files).map { finding in
      [
        finding.kind.rawValue, finding.name, finding.split, finding.count.map(String.init),
        finding.whole.map(String.init), finding.detail,
      ].compactMap { $0 }.joined(separator: " ")
    }
    let expected = Self.expected.split(separator: "\n").map(String.init)
    for line in lines where !expected.contains(line) { Issue.record("unexpected: \(line)") }
    for line in expected where !lines.contains(line) { Issue.record("not found: \(line)") }
    #expect(lines == expected)
  }

  @Test("places are named, five at most, with what to do")
  func examples() throws {
    let found = try findings(Self.files)
    func finding(_ name: String, _ split: String?) throws -> Finding {
      try #require(found.first { $0.name == name && $0.split == split })
    }
    let records = try finding("faults.records", "train")
    #expect(records.label == "bad records, tokens[…] is empty" && records.remedy == nil)
    #expect(records.examples.count == 5)
    #expect(records.examples[0].hasSuffix("train.jsonl:8: record 7: tokens[1] is empty"))
    let last = try #require(found.last { $0.name == "faults.records" })
    #expect(last.remedy?.contains("--skip-bad") == true)
    #expect(
      try finding("leaks.train", "dev").examples
        == ["dev.jsonl:1 is train.jsonl:1", "dev.jsonl:2 is train.jsonl:1"])
    #expect(try finding("triples.unlocated", "train").examples == ["train.jsonl:3: 'Rome'"])
    #expect(try finding("triples.unlocated", "train").values["alike"] == 1)
    #expect(try finding("relations.variants", nil).examples == ["Employer  (2), employer (1)"])
    #expect(try finding("words.lookalikes", nil).examples == ["e\\u{0301}, \\u{00E9}"])
    #expect(
      try finding("characters.mark", "train").examples == ["train.jsonl:7: 'c\\u{FEFF}'"])
    #expect(try finding("lengths.over", "train").examples == ["train.jsonl:6: 257 tokens"])
    #expect(try finding("words.unknown", "dev").examples == ["'Zoe' (1)", "'é' (1)"])
  }

  @Test("a folder that training refuses has faults, and no other has")
  func faults() throws {
    let good = #"{"tokens":["a","b"],"triples":[{"head":[0,0],"relation":"r","tail":[1,1]}]}"#
    let cases: [([String: String], String?)] = [
      (["train.jsonl": good, "dev.jsonl": good], nil),
      (["train.jsonl": good, "dev.jsonl": good, "test.jsonl": "{}"], "faults.records"),
      (["train.jsonl": good], "faults.missing"), (["dev.jsonl": good], "faults.missing"),
      (["train.jsonl": "\n", "dev.jsonl": good], "faults.unreadable"),
      (
        ["train.jsonl": #"{"tokens":["a"],"triples":[]}"#, "dev.jsonl": good], "faults.no_triples"
      ),
      (
        ["train.jsonl": good.replacing("[0,0]", with: "\"c\""), "dev.jsonl": good],
        "faults.no_triples"
      ),
      (["train.jsonl": good, "dev.jsonl": #"[{"tokens": ["a"]}]"#], "faults.unreadable"),
    ]
    for (files, fault) in cases {
      let faults = try findings(files).filter { $0.kind == .fault }.map(\.name)
      #expect(faults == [fault].compactMap { $0 }, "\(files)")
    }
  }

  @Test(
    "for a model that writes names, those that the tokens lack are no fault, and can be learned")
  func writtenNames() throws {
    let text = #"{"tokens":["a","b"],"triples":[{"head":"c","relation":"r","tail":[1,1]}]}"#
    try check(["train.jsonl": text, "dev.jsonl": text]) { folder, check in
      let writing = try CorpusCheck(folder.path, longest: 256, writesNames: true)
      #expect(check.hasFaults && !writing.hasFaults)
      func names(_ check: CorpusCheck) -> Set<String> {
        Set(check.sections.flatMap(\.findings).map(\.name))
      }
      #expect(names(check).isSuperset(of: ["triples.no_target", "triples.unlocated"]))
      #expect(names(writing).contains("triples.unlocated"))
      #expect(!names(writing).contains("triples.no_target"))
    }
  }

  @Test("a file alone is a split without a folder")
  func file() throws {
    try check(Self.files) { folder, _ in
      let check = try CorpusCheck(folder.appending(path: "dev.jsonl").path, longest: 4)
      #expect(!check.hasFaults)
      let found = check.sections.flatMap(\.findings)
      #expect(!found.contains { $0.name.hasPrefix("faults") || $0.name.hasPrefix("leaks") })
      #expect(found.first { $0.name == "lengths.over" }?.count == 2)
    }
  }

  @Test(
    "a check of one sentence is of 1 sentence",
    arguments: [("dev", "3 sentences"), ("test", "1 sentence")])
  func sizes(name: String, size: String) throws {
    try check(Self.files) { folder, _ in
      let check = try CorpusCheck(folder.appending(path: "\(name).jsonl").path, longest: 4)
      let text = CheckReport(check, of: "file").text(width: nil)
      #expect(text.hasPrefix("file: \(name) \(size)\n"), "\(text)")
    }
  }

  @Test("text fits the terminal, splits stand together, and JSON has all of it")
  func report() throws {
    try check(Self.files) { folder, check in
      let report = CheckReport(check, of: "data")
      for width in [80, 40] {
        let lines = report.text(width: width).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= width }, "\(width)")
      }
      let text = report.text(width: nil)
      #expect(
        text.contains(
          """
            sentences that an earlier one repeats
                train: 1 of 6 (16.7 %)
                  train.jsonl:2 is train.jsonl:1
                dev: 1 of 3 (33.3 %)
                  dev.jsonl:2 is dev.jsonl:1
              → leave the repeats out, unless they are to weigh more
          """), "\(text)")
      #expect(text.hasSuffix("5 faults, 23 warnings: with faults the data are refused"), "\(text)")
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
      #expect(json["faults"] as? Int == 5 && json["warnings"] as? Int == 23)
      let sections = try #require(json["sections"] as? [[String: Any]])
      let found = sections.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
      #expect(found.count == Self.expected.split(separator: "\n").count)
      #expect(found.contains { $0["name"] as? String == "leaks.train" && $0["of"] as? Int == 3 })
    }
  }
}
