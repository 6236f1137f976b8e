import Foundation
import TestSupport
import Testing

@testable import Corpora

/// One bad record of a file, in every format.
struct BadRecordTests {
  @Test("every format has its bad record")
  func everyFormat() {
    #expect(Set(Self.files.map(\.format)) == Set(CorpusFormat.allCases))
  }

  @Test(
    "a bad record is named by number, line and id, and is left out where that is asked for",
    arguments: files)
  func oneBad(format: CorpusFormat, files: [String: String], fault: String) throws {
    let found = try #require(message { try convert(format, files) })
    #expect(found.hasPrefix(fault), "\(found)")
    let conversion = try convert(format, files, skipsBad: true)
    #expect(conversion.sentences.count == 2)
    #expect(conversion.bad.count == 1)
    let lines = named(conversion.report(output: "out").split(separator: "\n").map(String.init))
    #expect(lines.contains { $0.hasPrefix("  1 bad record left out: ") })
    #expect(lines.contains { $0.contains(fault) }, "\(lines)")
  }

  @Test("all faults of a file are gathered: five are named, the others counted by reason")
  func many() throws {
    let bad = #"{"text":"a","triple_list":[["a","r"," "]]}"#
    let odd = #"{"text":"a","triple_list":7}"#
    let good = #"{"text":"a","triple_list":[]}"#
    let list =
      "[" + [good, bad, bad, bad, odd, bad, bad, good, odd, bad].joined(separator: ",") + "]"
    #expect(
      message { try convert(.triples, ["in": list]) } == """
        in: 8 of 10 records are bad; nothing is written; --skip-bad leaves them out
          in:1: record 2: an entity of a triple is empty
          in:1: record 3: an entity of a triple is empty
          in:1: record 4: an entity of a triple is empty
          in:1: record 5: triple_list is the number 7, expected a list
          in:1: record 6: an entity of a triple is empty
          and 2 more: an entity of a triple is empty
          and 1 more: triple_list is the number …, expected a list
        """)
    let conversion = try convert(.triples, ["in": list], skipsBad: true)
    #expect(conversion.sentences.count == 2)
    #expect(
      named(conversion.bad.report) == [
        "  6 bad records left out: an entity of a triple is empty",
        "    in:1: record 2: an entity of a triple is empty",
        "    in:1: record 3: an entity of a triple is empty",
        "    in:1: record 4: an entity of a triple is empty",
        "    in:1: record 6: an entity of a triple is empty",
        "    in:1: record 7: an entity of a triple is empty", "    and 1 more",
        "  2 bad records left out: triple_list is the number …, expected a list",
        "    in:1: record 5: triple_list is the number 7, expected a list",
        "    in:1: record 9: triple_list is the number 7, expected a list",
      ])
  }

  /// Lists and lines with a record that is no JSON, the records that are left, and the numbers of the bad ones.
  static let broken: [(text: String, left: [String], bad: [Int], isCut: Bool)] = [
    (list("{\"text\":'b'}"), ["a", "c"], [2], false),
    (list("{\"text\":\"b\",\"text\":\"b\"}"), ["a", "c"], [2], false),
    (list("{\"text\":\"b\",\"triple_list\":[NaN]}"), ["a", "c"], [2], false),
    (list("{\"text\":\"\\q ] } \",\"triple_list\":[]}"), ["a", "c"], [2], false),
    (list("oops"), ["a", "c"], [2], false),
    (list("").replacing(",,", with: " "), ["a"], [2], false),
    (list("{\"text\":\"b}"), ["a"], [2], true),
    (list("{\"text\":\"b}").replacing(",{", with: ",\n{"), ["a", "c"], [2], false),
    (list("{\"text\":\"b\",[}").replacing(",{", with: "\n,\n  {"), ["a", "c"], [2], false),
    ("[" + record("a") + "," + record("b"), ["a", "b"], [], true),
    ("[" + record("a") + ",]", ["a"], [2], false),
    ("[" + record("a") + "] x", ["a"], [], true),
    (record("a") + "\noops\n\n{\n" + record("c"), ["a", "c"], [2, 3], false),
    ("oops\n" + record("c"), ["c"], [1], false),
    (pretty("a") + "\n" + pretty("b").dropLast(2) + "\n" + pretty("c"), ["a", "c"], [2], false),
    (
      "[" + record("a") + ",\n" + record("b") + "}, " + record("x") + ",\n" + record("c") + "]",
      ["a", "b", "c"], [3], false
    ),
  ]

  private static func record(_ text: String) -> String {
    "{\"text\":\"\(text)\",\"triple_list\":[]}"
  }

  private static func pretty(_ text: String) -> String {
    "{\n  \"text\": \"\(text)\",\n  \"triple_list\": [\n  ]\n}"
  }

  private static func list(_ middle: String) -> String {
    "[\(record("a")),\(middle),\(record("c"))]"
  }

  @Test(
    "the records behind one that is no JSON are read, where its end can be told", arguments: broken)
  func recovers(text: String, left: [String], bad: [Int], isCut: Bool) throws {
    var records = JSONRecords(Array(text.utf8), file: "in")
    var (found, faults, wasCut): ([String], [Int], Bool) = ([], [], false)
    while let element = records.next() {
      switch element {
      case .record(let node): found.append(try node["text"].string())
      case .fault(let error): faults.append(try #require(error.record))
      case .end(let error):
        wasCut = true
        faults += [error.record].compactMap { $0 }
      }
    }
    #expect(found == left)
    #expect(faults == bad)
    #expect(wasCut == isCut)
    if isCut {
      let text = try #require(message { try convert(.triples, ["in": text], skipsBad: true) })
      #expect(text.contains("malformed JSON"), "\(text)")
    }
  }

  @Test("many bad records in a list on one line take time by the file's size")
  func manyBroken() throws {
    let text = "[" + String(repeating: #"{"a":NaN},"#, count: 30_000) + "{}]"
    var records = JSONRecords(Array(text.utf8), file: "in")
    var count = 0
    while records.next() != nil { count += 1 }
    #expect(count == 30_001)
  }

  @Test("counts of a bad record do not stay")
  func rollBack() throws {
    let files = [
      "in": #"[{"text":"a","triple_list":[["x","r","a"],["a","r",""]]},"#
        + #"{"text":"a","triple_list":[["x","r","a"]]}]"#
    ]
    #expect(try convert(.triples, files, skipsBad: true).tally == [.argument: 1])
  }

  @Test("where no record is good, all are named")
  func allBad() throws {
    let found = try #require(
      message { try convert(.spert, ["in": #"[{"token":["a"]},{"token":["b"]}]"#], skipsBad: true) }
    )
    #expect(found.hasPrefix("in: 2 of 2 records are bad"), "\(found)")
    #expect(found.contains("in:1: record 2: record has no key 'tokens'"), "\(found)")
  }

  @Test(
    "JSON Lines that are read for training name five faults and the command that leaves them out")
  func jsonLines() throws {
    let good = #"{"tokens":["a"],"triples":[]}"#
    let lines = [good] + [String](repeating: #"{"tokens":[],"triples":[]}"#, count: 6)
    let found = try #require(
      message {
        try inFolder(["my train.jsonl": lines.joined(separator: "\n")]) { folder in
          try JSONLines.read("\(folder)/my train.jsonl")
        }
      })
    #expect(found.contains("6 of 7 records are bad; mend them, or leave them out: "), "\(found)")
    #expect(found.contains("tercet data convert --from jsonl"))
    #expect(found.contains("converted/my train.jsonl' --skip-bad"))
    #expect(found.contains("my train.jsonl:6: record 6: sentence without tokens"))
    #expect(!found.contains("record 7"))
    #expect(found.hasSuffix("  and 1 more: sentence without tokens"))
  }

  /// Lines that name files without their folder.
  private func named(_ lines: [String]) -> [String] {
    lines.map { $0.replacing(/\/tmp\/tercet-[A-F0-9-]+\//, with: "") }
  }

  /// Reads `in`, or the whole folder where the files have other names.
  private func convert(
    _ format: CorpusFormat, _ files: [String: String], skipsBad: Bool = false
  ) throws -> Conversion {
    try inFolder(files) { folder in
      var options = ConversionOptions()
      options.skipsBad = skipsBad
      let needsNames = !format.needs.isEmpty
      let isNamed = files.keys.contains { $0.hasPrefix("in") }
      return try format.read(
        isNamed ? "\(folder)/in" : folder, words: needsNames ? "\(folder)/w" : nil,
        relations: needsNames ? "\(folder)/r" : nil, options: options)
    }
  }
}

/// Runs `body` with a folder that holds files; errors name them without the folder.
func inFolder<T>(_ files: [String: String], _ body: (String) throws -> T) throws -> T {
  try withTemporaryDirectory { folder in
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    do {
      return try body(folder.path)
    } catch let error as CorpusError {
      throw CorpusError(error.description.replacing(folder.path + "/", with: ""))
    }
  }
}
