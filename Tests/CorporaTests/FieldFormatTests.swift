import Foundation
import TestSupport
import Testing

@testable import Corpora

/// Corpora of a thousand records that a script makes, against counts of another script that knows nothing of tercet;
/// both in `Tests/Fixtures/formats`.
struct FieldFormatTests {
  struct Made: Sendable, CustomTestStringConvertible {
    let kind: String
    let format: CorpusFormat
    var tokenization: Tokenization?
    /// What the script counts, and what tercet calls it.
    var reasons: [String: Unused] = [:]

    var testDescription: String { kind }
  }

  static let corpora: [Made] = [
    Made(
      kind: "spo", format: .spo, tokenization: .characters,
      reasons: ["unlocated": .argument, "slots": .slot]),
    Made(
      kind: "triples", format: .triples, tokenization: .words, reasons: ["unlocated": .argument]),
    Made(
      kind: "tplinker", format: .tplinker, tokenization: .words, reasons: ["unlocated": .border]),
    Made(kind: "docred", format: .docred, reasons: ["crossing": .crossing]),
    Made(kind: "glirel", format: .records, reasons: ["differ": .differs]),
    Made(kind: "jointer", format: .records),
    Made(kind: "tacred", format: .tacred, reasons: ["none": .noRelation]),
    Made(
      kind: "doccano", format: .doccano, tokenization: .words,
      reasons: ["unlocated": .border, "inside": .mentionBorder, "crossing": .crossing]),
    Made(
      kind: "brat", format: .brat, tokenization: .words,
      reasons: [
        "unlocated": .border, "inside": .mentionBorder, "crossing": .crossing, "other": .annotation,
      ]),
    Made(kind: "prodigy", format: .prodigy, reasons: ["rejected": .rejected]),
  ]

  @Test(
    "a thousand records are what another reading counts, and nothing is lost uncounted",
    arguments: corpora)
  func counts(_ made: Made) throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "corpus").path
      _ = try script("make.py", made.kind, "1000", path)
      let expected = try JSONDecoder().decode(
        [String: Int].self, from: Data(try script("count.py", made.kind, path).utf8))
      #expect(try CorpusFormat.recognised(path) == made.format)
      var options = ConversionOptions()
      options.tokenization = made.tokenization
      let conversion = try made.format.read(path, options: options)
      let triples = conversion.sentences.flatMap(\.triples)
      var found = ["sentences": conversion.sentences.count, "triples": triples.count]
      for (name, reason) in made.reasons { found[name] = conversion.tally[reason] }
      #expect(found == expected)
      // At least 99 of 100 arguments are kept, but where the script cuts entities inside a word.
      let lost = triples.flatMap { [$0.head, $0.tail] }.count { $0.span == nil }
      #expect(made.reasons["inside"] != nil || 100 * lost <= 2 * triples.count)
    }
  }

  private func script(_ name: String, _ arguments: String...) throws -> String {
    let path = packageRoot.appending(path: "Tests/Fixtures/formats/\(name)").path
    let result = try runProcess("/usr/bin/python3", ["-B", path] + arguments)
    try #require(result.status == 0, "\(result.stderr)")
    return result.stdout
  }

  static let advice: [(kind: String, warning: String)] = [
    (
      "spo",
      "3990 of 3990 heads and tails are not found in text that is cut at blanks; --tokenize words finds "
        + "1661, --tokenize characters finds 3975; convert again with --tokenize characters"
    ),
    (
      "triples",
      "2000 of 2000 heads and tails are not found in text that is cut at blanks; --tokenize words finds "
        + "2000, --tokenize characters finds 2000; convert again with --tokenize words"
    ),
  ]

  @Test("text that blanks do not part is told, with what would find its names", arguments: advice)
  func warns(kind: String, expected: String) throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "corpus").path
      _ = try script("make.py", kind, "1000", path)
      let format = try CorpusFormat.recognised(path)
      #expect(try format.read(path).warning == expected)
      var options = ConversionOptions()
      options.tokenization = .blanks
      #expect(try format.read(path, options: options).warning == nil)
    }
  }

  @Test("one lost name in ten is no cause to warn, more are")
  func threshold() throws {
    for (lost, warns) in [(1, false), (2, true)] {
      let triples = (0..<5).map { "[\"a\",\"r\",\"\($0 < lost ? "x" : "a")\"]" }
      let text = "{\"text\":\"a b\",\"triple_list\":[\(triples.joined(separator: ","))]}"
      let conversion = try inFolder(["in": text]) { (folder) throws in
        try CorpusFormat.triples.read("\(folder)/in")
      }
      #expect((conversion.warning != nil) == warns)
    }
  }

  @Test("brat: lines, pieces, events as arguments, a text without annotations, Windows line ends")
  func brat() throws {
    let files = [
      "a.txt": "Ann 🙂 met\r\nBob in Bonn.\n", "b.txt": "left out",
      "a.ann": "R1\tr Arg1:T1 Arg2:E1\t\nT1\tPER 0 3\tAnn\nT2\tPER 4 9\t🙂 met\nE1\tMeet:T2 Who:T1\n"
        + "T3\tLOC 18 23\tBonn\nT4\tPER 11 14;18 22\tBob Bonn\nR2\tq Arg1:T4 Arg2:T3\nR3\tr Arg1:T1 Arg2:T3\n"
        + "#1\tAnnotatorNotes T1\tnote\n",
    ]
    var options = ConversionOptions()
    options.tokenization = .words
    let conversion = try inFolder(files) { (folder) throws in
      try CorpusFormat.brat.read(folder, options: options)
    }
    #expect(
      conversion.sentences.map(JSONLines.line) == [
        #"{"id":"a-1","tokens":["Ann","🙂","met"],"tokenize":"words","entities":[{"span":[0,0],"type":"PER"},"#
          + #"{"span":[1,2],"type":"PER"}],"triples":[{"head":[0,0],"relation":"r","tail":[1,2]}]}"#,
        #"{"id":"a-2","tokens":["Bob","in","Bonn","."],"tokenize":"words","entities":["#
          + #"{"span":[2,3],"type":"LOC"}],"triples":[{"head":"Bob Bonn","relation":"q","tail":[2,3]}]}"#,
      ])
    #expect(
      conversion.tally == [
        .unannotated: 1, .annotation: 2, .pieces: 1, .argument: 1, .crossing: 1, .differs: 1,
      ])
  }

  @Test("brat: an entity in several pieces stands where training finds its text")
  func bratPieces() throws {
    let files = [
      "a.txt": "Ann met Bob Bob Moore\n",
      "a.ann": "T1\tPER 0 3\tAnn\nT2\tPER 8 11;16 21\tBob Moore\nR1\tr Arg1:T1 Arg2:T2\t\n",
    ]
    let conversion = try inFolder(files) { (folder) throws in
      try CorpusFormat.brat.read(folder, options: ConversionOptions())
    }
    let sentence = try #require(conversion.sentences.first)
    #expect(sentence.triples.map(\.tail) == [.span(Span(3, 4))])
    #expect(conversion.tally == [.pieces: 1])
  }

  @Test(
    "brat: of an entity's pieces those without a character that is seen are none",
    arguments: ["\u{B}\u{B}", "\u{1B}\u{1B}"])
  func bratBlankPieces(unseen: String) throws {
    let files = [
      "a.txt": "Ann \(unseen) met Bob\n",
      "a.ann": "T1\tPER 0 3\tAnn\nT2\tPER 4 5;5 6\t?\nT3\tPER 3 6;11 14\tBob\n"
        + "R1\tr Arg1:T1 Arg2:T2\t\nR2\tr Arg1:T1 Arg2:T3\t\n",
    ]
    let conversion = try inFolder(files) { (folder) throws in
      try CorpusFormat.brat.read(folder, options: ConversionOptions())
    }
    let sentence = try #require(conversion.sentences.first)
    #expect(sentence.triples.map { sentence.text(of: $0.tail) } == ["Bob"])
    #expect(conversion.tally[.pieces] == 1 && conversion.tally[.blankSpan] == 2)
  }

  static let badBrat: [(annotations: String, message: String)] = [
    ("T1\tPER 0 9\tAnn\n", "in.ann:1: record 1: T1 is 0..<9, outside a text of 3 characters"),
    ("T1\tPER 0\n", "in.ann:1: record 1: T1 is not 'Type start end', with offsets of characters"),
    ("\nR1\tr Arg1:T1 Arg2:T1\n", "in.ann:2: record 1: a relation names 'T1', which is not there"),
    ("R1\tr T1 T1\n", "in.ann:1: record 1: R1 is not 'type Arg1:ID Arg2:ID'"),
    ("X1\tr\n", "in.ann:1: record 1: 'X1' is no annotation; expected T, R, E, A, M, N, # or *"),
    ("T1\tP 0 3\tAnn\nT1\tP 0 3\tAnn\n", "in.ann:2: record 1: T1 occurs twice"),
  ]

  @Test("a bad annotation of brat is named by its line", arguments: badBrat)
  func refusesBrat(annotations: String, expected: String) {
    let found = message {
      try inFolder(["in.txt": "Ann", "in.ann": annotations]) { (folder) throws in
        try CorpusFormat.brat.read("\(folder)/in.ann")
      }
    }
    #expect(found == expected)
  }
}
