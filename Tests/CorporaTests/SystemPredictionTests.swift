import Corpora
import Foundation
import TestSupport
import Testing

/// Files of what systems predict.
@Suite("Files of predictions")
struct SystemPredictionTests {
  private static let gold = [
    Sentence(
      id: "a", tokens: ["Ann", "left", "Time", "Inc."],
      triples: [Triple(head: .span(Span(0, 0)), relation: "left", tail: .span(Span(2, 3)))]),
    Sentence(id: "b", tokens: ["Nothing"]),
  ]
  private static let found = [
    Prediction(
      groups: [.init(head: Span(0, 0), relation: "left", tail: Span(2, 3))],
      entities: [EntityMention(span: Span(0, 0))]), Prediction(),
  ]

  private func read(_ text: String) throws -> [Prediction] {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "found.json").path
      try TextFile.write(text, to: file)
      return try SystemPredictions.read(file, for: Self.gold, of: "gold.jsonl")
    }
  }

  @Test("what is written is read: empty slots, scores, names without a place")
  func lines() throws {
    var prediction = Prediction(entities: [EntityMention(span: Span(2, 3), type: "ORG")])
    prediction.append(
      .init(head: .span(Span(0, 0)), relation: nil, tail: .text("Acme")), score: 0.25)
    prediction.append(.init(head: Span(0, 0), relation: "left", tail: Span(2, 3)), score: 1)
    let predictions = [prediction, Prediction()]
    let text = zip(Self.gold, predictions).map { PredictionLines.line($0, $1) + "\n" }.joined()
    #expect(try read(text) == predictions)
    #expect(
      text.hasPrefix(#"{"id":"a","tokens":["Ann","left","Time","Inc."],"gold":[{"head":[0,0],"#))
    // The order of the file may be another.
    #expect(try read(text.split(separator: "\n").reversed().joined(separator: "\n")) == predictions)
  }

  @Test(
    "predictions of other systems",
    arguments: [
      #"[{"text":"Ann left Time Inc.","triple_list":[["Ann","left","Time Inc."]]},"#
        + #"{"text":"Nothing","triple_list":[]}]"#,
      #"[{"tokens":["Ann","left","Time","Inc."],"entities":[{"type":"P","start":0,"end":1},"#
        + #"{"type":"O","start":2,"end":4}],"relations":[{"type":"left","head":0,"tail":1}]},"#
        + #"{"tokens":["Nothing"],"entities":[],"relations":[]}]"#,
      #"{"id":"a","tokens":["Ann","left","Time","Inc."],"triples":[{"head":[0,0],"#
        + #""relation":"left","tail":[2,3]}]}"# + "\n"
        + #"{"id":"b","tokens":["Nothing"],"triples":[]}"#,
      // Another cut of the same text.
      #"{"tokens":["Ann","left","Time","Inc","."],"triples":[{"head":[0,0],"relation":"left","#
        + #""tail":"Time Inc."}]}"# + "\n" + #"{"tokens":["Nothing"],"triples":[]}"#,
    ])
  func others(_ text: String) throws {
    #expect(try read(text).map(\.triples) == Self.found.map(\.triples))
  }

  @Test(
    "relations of the gold standard stay, whatever their names mean elsewhere; others that mean none do not"
  )
  func relationsNamedNone() throws {
    let text =
      #"{"tokens":["a","b"],"triples":[{"head":[0,0],"relation":"NA","tail":[1,1]},"#
      + #"{"head":[0,0],"relation":"no_relation","tail":[1,1]}]}"#
    let gold = Sentence(
      id: "1", tokens: ["a", "b"],
      triples: [Triple(head: .span(Span(0, 0)), relation: "NA", tail: .span(Span(1, 1)))])
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "found.json").path
      try TextFile.write(text, to: file)
      let found = try SystemPredictions.read(file, for: [gold], of: "gold.jsonl")
      #expect(found.map(\.triples) == [gold.triples])
    }
  }

  @Test(
    "files that do not fit are refused",
    arguments: [
      (#"{"tokens":["a"],"predicted":[]}"#, "has 1 sentences, but gold.jsonl has 2"),
      (
        #"{"tokens":["Ann"],"predicted":[]}"# + "\n" + #"{"tokens":["b"],"predicted":[]}"#,
        "record 1: is 'Ann', but gold.jsonl has 'Ann left Time Inc.' there"
      ),
      (
        #"{"tokens":["Ann"],"predicted":[],"scores":[1]}"#,
        "scores has 1 numbers, expected one for each of 0 predicted triples"
      ),
      (
        #"{"tokens":["Ann"],"predicted":[{"head":[0,0],"relation":"r","tail":null}],"scores":[2]}"#,
        "scores[0] is the number 2, expected a number from 0 to 1"
      ),
      (#"{"tokens":["Ann"],"predicted":[{"head":[0,9]}]}"#, "outside a sentence of 1 tokens"),
      ("plain text", "has no format"),
    ])
  func refused(_ text: String, _ message: String) {
    let error = #expect(throws: CorpusError.self) { try read(text) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error.map { "\($0)" } ?? "")")
  }
}
