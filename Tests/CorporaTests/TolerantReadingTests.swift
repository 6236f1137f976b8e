import Foundation
import TestSupport
import Testing

@testable import Corpora

/// What readers pass over and count.
struct TolerantReadingTests {
  static let cases:
    [(name: String, format: CorpusFormat, text: String, lines: [String], tally: [Unused: Int])] = [
      (
        "spaCy's line ends", .spert,
        #"[{"tokens":["\n","Ann","\n\n","Lee","left","\u00a0"],"entities":[{"type":"P","start":0,"end":4},"#
          + #"{"type":"X","start":2,"end":3},{"type":"V","start":4,"end":6}],"#
          + #""relations":[{"type":"r","head":0,"tail":2},{"type":"r","head":0,"tail":1}]}]"#,
        [
          #"{"id":"1","tokens":["Ann","Lee","left"],"entities":[{"span":[0,1],"type":"P"},"#
            + #"{"span":[2,2],"type":"V"}],"triples":[{"head":[0,1],"relation":"r","tail":[2,2]}]}"#
        ], [.blankToken: 3, .blankSpan: 2]
      ),
      (
        "parts of speech of tokens that are left out, and more of them than tokens", .spert,
        #"[{"tokens":["\n","a","\t","b"],"pos":["SP","DT","SP","NN"],"entities":[]},"#
          + #"{"tokens":["a"],"pos":["DT","NN"],"entities":[]},{"tokens":["b"],"pos":null,"entities":[]}]"#,
        [
          #"{"id":"1","tokens":["a","b"],"pos":["DT","NN"],"entities":[],"triples":[]}"#,
          #"{"id":"2","tokens":["a"],"entities":[],"triples":[]}"#,
          #"{"id":"3","tokens":["b"],"entities":[],"triples":[]}"#,
        ], [.blankToken: 2, .partsOfSpeech: 1]
      ),
      (
        "an empty token, a no-break space, an ideographic space, a zero-width space", .jsonl,
        #"{"tokens":["a","","\u00a0","b","\u3000","\u200b","c"],"pos":["A","1","2","B","3","4","C"],"triples":[{"head":[0,0],"relation":"r","tail":[3,6]}]}"#,
        [
          #"{"id":"1","tokens":["a","b","c"],"pos":["A","B","C"],"entities":[{"span":[0,0]},{"span":[1,2]}],"#
            + #""triples":[{"head":[0,0],"relation":"r","tail":[1,2]}]}"#
        ], [.blankToken: 4]
      ),
      (
        "white space in a document, whose offsets count it; a sentence of it alone", .dygie,
        #"{"doc_key":"k","sentences":[["a","\n"],["\t"],["b","c"]],"ner":[[],[],[[3,4,"T"]]],"#
          + #""relations":[[],[],[[3,3,4,4,"r"]]]}"#,
        [
          #"{"id":"k-0","tokens":["a"],"entities":[],"triples":[]}"#,
          #"{"id":"k-2","tokens":["b","c"],"entities":[{"span":[0,1],"type":"T"},{"span":[0,0]},{"span":[1,1]}],"#
            + #""triples":[{"head":[0,0],"relation":"r","tail":[1,1]}]}"#,
        ], [.blankToken: 2, .emptySentence: 1]
      ),
      (
        "a column of a no-break space", .conll04,
        "#doc 1\n0\tAnn\tB-P\t['r']\t[2]\n1\t\u{a0}\tO\t['N']\t[1]\n2\tRome\tB-L\t['N']\t[2]\n",
        [
          #"{"id":"1","tokens":["Ann","Rome"],"entities":[{"span":[0,0],"type":"P"},{"span":[1,1],"type":"L"}],"#
            + #""triples":[{"head":[0,0],"relation":"r","tail":[1,1]}]}"#
        ], [.blankToken: 1]
      ),
      (
        "empty sentences of a document", .dygie, #"{"sentences":[[],["a"],[]],"ner":[[],[],[]]}"#,
        [#"{"id":"1","tokens":["a"],"entities":[],"triples":[]}"#], [.emptySentence: 2]
      ),
      (
        "a document without relations", .dygie,
        #"{"doc_key":"d1","sentences":[["Ada","runs","Vela"]],"ner":[[[0,0,"PER"]]]}"#,
        [
          #"{"id":"d1-0","tokens":["Ada","runs","Vela"],"entities":[{"span":[0,0],"type":"PER"}],"triples":[]}"#
        ],
        [:]
      ),
      (
        "a document without entities, with null for relations and keys that are not known", .dygie,
        #"{"sentences":[["a"]],"relations":null,"weight":0.5,"clusters":[],"events":[[]],"dataset":"d"}"#,
        [#"{"id":"1","tokens":["a"],"entities":[],"triples":[]}"#], [:]
      ),
      (
        "tokens alone, as SpERT predicts them", .spert,
        #"[{"tokens":["a"]},{"tokens":["b"],"entities":null}]"#,
        [
          #"{"id":"1","tokens":["a"],"entities":[],"triples":[]}"#,
          #"{"id":"2","tokens":["b"],"entities":[],"triples":[]}"#,
        ], [:]
      ),
      (
        "text without mentions, an entity without a label", .cotype,
        #"{"sentText":"a"}"# + "\n" + #"{"sentText":"b","entityMentions":[{"text":"b"}]}"#,
        [
          #"{"id":"1","tokens":["a"],"entities":[],"triples":[]}"#,
          #"{"id":"2","tokens":["b"],"entities":[{"span":[0,0]}],"triples":[]}"#,
        ], [:]
      ),
      (
        "an id that occurs twice", .jsonl,
        #"{"id":"x","tokens":["a"],"triples":[]}"# + "\n"
          + #"{"id":"x","tokens":["b"],"triples":[]}"#,
        [
          #"{"id":"x","tokens":["a"],"entities":[],"triples":[]}"#,
          ##"{"id":"x#2","tokens":["b"],"entities":[],"triples":[]}"##,
        ], [:]
      ),
    ]

  @Test("what is not needed is passed over and counted", arguments: cases)
  func reads(
    name: String, format: CorpusFormat, text: String, lines: [String], tally: [Unused: Int]
  ) throws {
    let conversion = try inFolder(["in": text]) { try format.read("\($0)/in") }
    #expect(conversion.sentences.map(JSONLines.line) == lines)
    #expect(conversion.tally == tally)
  }

  @Test("a sentence of more than 10,000 tokens is counted and left out of a conversion")
  func long() throws {
    let long = Array(repeating: "a", count: 10_001).joined(separator: " ")
    let text = #"[{"text":"\#(long)","triple_list":[]},{"text":"b","triple_list":[]}]"#
    let conversion = try inFolder(["in": text]) { try CorpusFormat.triples.read("\($0)/in") }
    #expect(conversion.sentences.map(\.tokens) == [["b"]])
    #expect(conversion.tally == [.long: 1])
    let alone = #"[{"text":"\#(long)","triple_list":[]}]"#
    #expect(
      message { try inFolder(["in": alone]) { try CorpusFormat.triples.read("\($0)/in") } }
        == "in: holds no sentence")
  }

  @Test("line ends of Windows, marks at seams, and separators inside a line do not cut it")
  func lines() throws {
    let mark = "\u{FEFF}"
    let line = #"{"tokens":["a","b"],"triples":[]}"#
    let odd = "{\"tokens\":[\"a\u{2028}b\",\"c\u{85}d\u{2029}\"],\r\"triples\":[]}"
    let sentences = try inFolder(["in": "\(mark)\(line)\r\n\(mark)\(odd)\r\n\r\n\(line)"]) {
      try JSONLines.read("\($0)/in")
    }
    #expect(sentences.map(\.tokens.count) == [2, 2, 2])
    #expect(sentences.map(\.id) == ["1", "2", "4"])
    let tuples = try inFolder([
      "in.sent": "\(mark)a\u{c}b \r c\u{2028}d\r\n\(mark)e\r\n",
      "in.tup": "\(mark)a ; b ; r\r\n\r\n",
    ]) { try CorpusFormat.tuples.read("\($0)/in") }
    #expect(tuples.sentences.map(\.tokens) == [["a", "b", "c\u{2028}d"], ["e"]])
    #expect(tuples.sentences[0].triples.map(\.relation) == ["r"])
    let columns = try inFolder(["in": "\(mark)#doc 1\r\n0\t\u{301}a\u{2028}b\tO\t['N']\t[0]\r\n"]) {
      try CorpusFormat.conll04.read("\($0)/in")
    }
    #expect(columns.sentences.map(\.tokens) == [["\u{301}a\u{2028}b"]])
    let list = "\(mark)[{\"text\":\"a\",\r\n\"triple_list\":[]}\r\n]\r\n"
    #expect(
      try inFolder(["in": list]) { try CorpusFormat.triples.read("\($0)/in") }.sentences.count == 1)
  }

  @Test("word lists and relation lists may start with a mark")
  func names() throws {
    let mark = "\u{FEFF}"
    let files = [
      "in": mark + "[[[1]],[[0,0,1]]]", "w": mark + #"{"a":1}"#, "r": mark + #"{"r":1}"#,
    ]
    let conversion = try inFolder(files) {
      try CorpusFormat.copyre.read("\($0)/in", words: "\($0)/w", relations: "\($0)/r")
    }
    #expect(conversion.sentences.map(\.tokens) == [["a"]])
  }
}
