import Corpora
import Foundation
import TestSupport
import Testing

struct JSONLinesTests {
  static let sentences = [
    Sentence(
      id: "a/1", tokens: ["Ann", "Moore", "left", "\"Time\"", "\\", "Köln", "\u{1}", "東京"],
      entities: [
        EntityMention(span: Span(0, 1), type: "PER"), EntityMention(span: Span(3, 3)),
      ],
      triples: [
        Triple(head: .span(Span(0, 1)), relation: "/people/company", tail: .text("Time Inc.")),
        Triple(head: .span(Span(0, 1)), relation: "/people/company", tail: .text("Time Inc.")),
      ]),
    Sentence(id: "2", tokens: [".", "Köln"], partsOfSpeech: [".", "NNP\""]),
  ]

  static let text = #"""
    {"id":"a/1","tokens":["Ann","Moore","left","\"Time\"","\\","Köln","\u0001","東京"],"entities":[{"span":[0,1],"type":"PER"},{"span":[3,3]}],"triples":[{"head":[0,1],"relation":"/people/company","tail":"Time Inc."},{"head":[0,1],"relation":"/people/company","tail":"Time Inc."}]}
    {"id":"2","tokens":[".","Köln"],"pos":[".","NNP\""],"entities":[],"triples":[]}

    """#

  @Test("a corpus is written in one way and read back the same, repeats included")
  func roundTrip() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "new/deep/train.jsonl").path
      try JSONLines.write(Self.sentences, to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.text)
      #expect(try JSONLines.read(path) == Self.sentences)
      let files = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "new/deep").path)
      #expect(files == ["train.jsonl"])
    }
  }

  @Test("gzip that becomes more than a hundred times its size is refused before it is whole")
  func bomb() throws {
    try withTemporaryDirectory { (folder) throws in
      let path = folder.appending(path: "bomb.jsonl").path
      // Blank lines, so that nothing is kept of what is read.
      let make = "head -c 300000000 /dev/zero | tr '\\0' '\\n' | gzip -1 >\(path)"
      #expect(try runProcess("/bin/sh", ["-c", make]).status == 0)
      let error = #expect(throws: CorpusError.self) { try JSONLines.read(path) }
      #expect(
        error?.message == "is gzip of more than 100 times its size; unpack it if you trust it")
    }
  }

  @Test("a sentence of more tokens than any corpus has is read; what uses it cuts it")
  func endless() throws {
    let tokens = [String](repeating: "a", count: 10_001)
    let line = JSONLines.line(Sentence(id: "1", tokens: tokens))
    #expect(try JSONLines.parse(Array(line.utf8), name: "x")[0].tokens.count == 10_001)
  }

  @Test("gzip is known by its bytes, and a cut or spoilt one is refused")
  func gzip() throws {
    try withTemporaryDirectory { folder in
      // Many distinct lines, so that a file is several blocks and a cut falls inside the data.
      let sentences = (0..<40_000).map {
        Sentence(id: "s\($0 &* 2_654_435_761)", tokens: ["\($0)"])
      }
      let path = folder.appending(path: "corpus").path
      try JSONLines.write(sentences, to: path)
      try gzip(path)
      let packed = try Data(contentsOf: URL(filePath: path))
      #expect(packed.prefix(2) == Data([0x1F, 0x8B]))
      #expect(try JSONLines.read(path) == sentences)

      try packed.dropLast(packed.count / 3).write(to: URL(filePath: path))
      #expect(message { try JSONLines.read(path) }?.contains("ends inside its gzip stream") == true)
      var spoilt = packed
      spoilt[packed.count / 2] ^= 0xFF
      try spoilt.write(to: URL(filePath: path))
      #expect(message { try JSONLines.read(path) }?.contains("corpus") == true)
    }
  }

  private func gzip(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", path]
    try process.run()
    process.waitUntilExit()
    try FileManager.default.moveItem(atPath: path + ".gz", toPath: path)
  }

  @Test("ids, entities and types may be absent; blank lines are passed over")
  func defaults() throws {
    let sentences = try read(
      "\n{\"tokens\":[\"a\"],\"triples\":[]}\n\n{\"tokens\":[\"b\"],\"triples\":[]}")
    #expect(sentences.map(\.id) == ["2", "4"])
    #expect(sentences.map(\.tokens) == [["a"], ["b"]])
  }

  @Test("a head or tail in words is its first occurrence; one that the tokens lack stays text")
  func names() throws {
    let line =
      #"{"tokens":["Ann","Lee","met","Ann","Lee","Roe"],"triples":[{"head":"Ann  Lee","#
      + #""relation":"r","tail":"Lee Roe"},{"head":"Roe","relation":"r","tail":"Lee Ann"}]}"#
    let triples = try read(line)[0].triples
    #expect(triples[0] == Triple(head: .span(Span(0, 1)), relation: "r", tail: .span(Span(4, 5))))
    #expect(triples[1] == Triple(head: .span(Span(5, 5)), relation: "r", tail: .text("Lee Ann")))
    let text = try JSONLines.parse(Array(line.utf8), name: "x")[0].triples
    #expect(text == triples)
  }

  @Test(
    "names are cut as the sentence is, which a file need not say",
    arguments: [
      "", #""tokenize":"words","#, #""tokenize":"characters","#, #""tokenize":"blanks","#,
    ])
  func cutNames(_ said: String) throws {
    let line =
      #"{"tokens":["Fox","!","of","北","京",",","Ohio"],\#(said)"triples":[{"head":"Fox!","#
      + #""relation":"r","tail":"北京, Ohio"}]}"#
    let triple = try read(line)[0].triples[0]
    let isCut = !said.contains("blanks")
    #expect(triple.head == (isCut ? .span(Span(0, 1)) : .text("Fox!")))
    let isParted = isCut && !said.contains("words")
    #expect(triple.tail == (isParted ? .span(Span(3, 6)) : .text("北京, Ohio")))
  }

  @Test("words that differ only in how accents are written stay different")
  func normalisation() throws {
    let sentences = try read(#"{"tokens":["\u00e9","e\u0301","\ud83d\ude00"],"triples":[]}"#)
    #expect(sentences[0].tokens.map { $0.unicodeScalars.count } == [1, 2, 1])
    #expect(CorpusStatistics(sentences).vocabulary.count == 3)
    #expect(ExactString("\u{e9}") != ExactString("e\u{301}"))
    #expect(ExactString("e\u{301}") < ExactString("\u{e9}"))
  }

  static let bad: [(text: String, message: String)] = [
    ("", "corpus.jsonl: holds no sentence"),
    ("{", "corpus.jsonl:1: record 1: malformed JSON: end of text where a key should be"),
    (
      "{\"tokens\":[\"a\"] \"b\"}",
      "corpus.jsonl:1: record 1: malformed JSON: '\"' where ',' or '}' should be"
    ),
    ("[1,2", "corpus.jsonl:1: record 1: malformed JSON: end of text where ',' or ']' should be"),
    ("{\"a\":1,\"a\":2}", "corpus.jsonl:1: record 1: malformed JSON: key 'a' twice"),
    ("{\"a\":01}", "corpus.jsonl:1: record 1: malformed JSON: '01' is not a number"),
    ("{\"a\":\"\\x\"}", "corpus.jsonl:1: record 1: malformed JSON: escape '\\x'"),
    ("{\"a\":\"\\ud83d\"}", "corpus.jsonl:1: record 1: malformed JSON: half a surrogate pair"),
    ("{\"a\":\"b", "corpus.jsonl:1: record 1: malformed JSON: a string is not closed"),
    ("{\"triples\":[]}", "corpus.jsonl:1: record 1: record has no key 'tokens'"),
    ("{\"tokens\":[\"a\"]}", "corpus.jsonl:1: record 1: record has no key 'triples'"),
    ("[]", "corpus.jsonl:1: record 1: record is a list, expected an object with 'tokens'"),
    (
      "{\"tokens\":\"a\",\"triples\":[]}",
      "corpus.jsonl:1: record 1: tokens is a string, expected a list of strings"
    ),
    (
      "{\"tokens\":[\"a\",1],\"triples\":[]}",
      "corpus.jsonl:1: record 1: tokens[1] is the number 1, expected a string"
    ),
    (
      "{\"id\":\"x\",\"tokens\":[\"a\",\"b\"],\"pos\":[\"DT\"],\"triples\":[]}",
      "corpus.jsonl:1: record 1 (id 'x'): pos has 1 strings, expected one for each of 2 tokens"
    ),
    (
      "{\"tokens\":[\"a\"],\"pos\":[7],\"triples\":[]}",
      "corpus.jsonl:1: record 1: pos[0] is the number 7, expected a string"
    ),
    (
      "{\"tokens\":[\"a\"],\"pos\":[\" \"],\"triples\":[]}",
      "corpus.jsonl:1: record 1: a part of speech has an empty name"
    ),
    ("{\"tokens\":[],\"triples\":[]}", "corpus.jsonl:1: record 1: sentence without tokens"),
    ("{\"tokens\":[\"a\",\"\"],\"triples\":[]}", "corpus.jsonl:1: record 1: tokens[1] is empty"),
    (
      "{\"tokens\":[\"a b\"],\"triples\":[]}",
      "corpus.jsonl:1: record 1: tokens[0], 'a b', holds a blank; a token is text without blanks"
    ),
    (
      record(head: "[0,2]"),
      "corpus.jsonl:1: record 1: triples[0].head is [0, 2], outside a sentence of 2 tokens"
    ),
    (
      record(head: "[1,0]"),
      "corpus.jsonl:1: record 1: triples[0].head is [1, 0], outside a sentence of 2 tokens"
    ),
    (
      record(head: "[-1,0]"),
      "corpus.jsonl:1: record 1: triples[0].head is [-1, 0], outside a sentence of 2 tokens"
    ),
    (
      record(head: "[0]"),
      "corpus.jsonl:1: record 1: triples[0].head has 1 numbers, expected [start, end]"
    ),
    (
      record(head: "[0,1.0]"),
      "corpus.jsonl:1: record 1: triples[0].head[1] is the number 1.0, expected an integer"
    ),
    (
      record(head: "[false,true]"),
      "corpus.jsonl:1: record 1: triples[0].head[0] is false, expected an integer"
    ),
    (
      record(head: "7"),
      "corpus.jsonl:1: record 1: triples[0].head is the number 7, expected [start, end] or the entity's text"
    ),
    (
      "{\"tokens\":[\"a\"],\"entities\":[{\"span\":[0,1]}],\"triples\":[]}",
      "corpus.jsonl:1: record 1: entities[0].span is [0, 1], outside a sentence of 1 tokens"
    ),
    (
      "{\"id\":\"x\",\"tokens\":[\"a\"],\"triples\":[]}\n\n{\"id\":\"x\",\"tokens\":[\"a\"],\"triples\":[]}",
      "corpus.jsonl:3: record 2 (id 'x'): id 'x' is also that of line 1"
    ),
  ]

  private static func record(head: String) -> String {
    "{\"tokens\":[\"a\",\"b\"],\"triples\":[{\"head\":\(head),\"relation\":\"r\",\"tail\":[0,0]}]}"
  }

  @Test("what does not fit is named with file and line", arguments: bad)
  func errors(text: String, expected: String) throws {
    let found = try #require(message { try read(text) })
    #expect(found == expected)
  }

  @Test("a missing file and a folder that cannot be made are named")
  func files() throws {
    #expect(
      message { try JSONLines.read("/no/such/file.jsonl") }
        == "/no/such/file.jsonl: cannot be opened: No such file or directory")
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "file")
      try Data().write(to: file)
      let path = file.appending(path: "sub/train.jsonl").path
      #expect(
        message { try JSONLines.write(Self.sentences, to: path) }
          == "\(file.path)/sub: folder cannot be made: Not a directory")
    }
  }

  private func read(_ text: String) throws -> [Sentence] {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "corpus.jsonl").path
      try Data(text.utf8).write(to: URL(filePath: path))
      do throws(CorpusError) {
        return try JSONLines.read(path)
      } catch {
        throw CorpusError(
          file: "corpus.jsonl", line: error.line, record: error.record, recordID: error.recordID,
          error.message)
      }
    }
  }
}

/// The text of the error that `body` throws, `nil` where it throws none.
func message<T>(_ body: () throws -> T) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
