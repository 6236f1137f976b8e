import Corpora
import Evaluation
import Foundation
import Testing

@Suite("Reports")
struct ReportTests {
  /// The limits of CopyMTL's output: pointers at last tokens grow to the left by the tags; at most `limit` triples.
  private static func form(of sentence: Sentence, limit: Int = .max) -> Expressible {
    Expressible(
      tokens: sentence.tokens.count, triples: limit,
      together: { Tags.canTag($0, $1, in: .bio) })
  }

  private static let sentences = [
    sentence("Ann works for New York Times", [("Ann", "employer", "New York Times")]),
    // Inner entity at the end: the pointer at it grows to the longer one.
    sentence("University of Texas", [("University of Texas", "in", "Texas")]),
    // Inner entity at the start: completed all the same.
    sentence("New York Times", [("New York Times", "in", "New York")]),
    sentence("A B", [("A", "r", "B"), ("A", "q", "B"), ("A", "r", "nowhere")]),
  ]

  private static func report(_ options: EvaluationOptions = .init()) -> EvaluationReport {
    Evaluator(options).report(
      sentences: sentences,
      predictions: [
        prediction([("Ann", "employer", "Times")], in: sentences[0], tags: "BOOOOB"),
        prediction([("University of Texas", "in", "Texas")], in: sentences[1], tags: "BII"),
        prediction([], in: sentences[2], tags: "BII"),
        prediction([("A", "r", "B"), ("A", "p", nil)], in: sentences[3], tags: "BB"),
      ],
      forms: sentences.map { form(of: $0) })
  }

  @Test("the ceiling stands beside every score, but where recall has no bound")
  func ceiling() {
    let report = Self.report()
    #expect(report.score.ceiling == TripleCounts(tp: 4, predicted: 4, gold: 6))
    #expect(report.byOverlap[.normal]?.ceiling == TripleCounts(tp: 2, predicted: 2, gold: 3))
    #expect(report.byTripleCount[.three]?.ceiling == TripleCounts(tp: 2, predicted: 2, gold: 3))
    #expect(
      report.byEntityLength[.three]?.ceiling == TripleCounts(tp: 2, predicted: 2, gold: 3))
    #expect(report.tagging?.ceiling?.f1 == 1)
    #expect(report.completion?.ceiling == TripleCounts(tp: 8, predicted: 8, gold: 8))
    #expect(report.rows.allSatisfy { ($0.score.ceiling == nil) == $0.name.hasSuffix("copymtl") })
  }

  @Test("a limit of triples lowers the ceiling's recall")
  func limited() {
    let many = sentence("A B", (0..<7).map { ("A", "r\($0)", "B") })
    let report = Evaluator().report(
      sentences: [many], predictions: [prediction([], in: many)],
      forms: [Self.form(of: many, limit: 5)])
    #expect(report.score.ceiling == TripleCounts(tp: 5, predicted: 5, gold: 7))
    #expect(report.tagging == nil)
  }

  @Test("of triples that no tags make together the larger part counts, and none twice")
  func conflicts() {
    let nested = sentence(
      "A owns University of Texas B",
      [("A", "r", "University of Texas"), ("A", "r", "Texas"), ("B", "r", "Texas")])
    let report = Evaluator().report(
      sentences: [nested], predictions: [prediction([], in: nested)],
      forms: [Self.form(of: nested)])
    #expect(report.score.ceiling == TripleCounts(tp: 2, predicted: 2, gold: 3))
    #expect(report.byEntityLength[.three]?.ceiling?.tp == 1)
    let last = report.otherMatches[.partialLast]?.ceiling
    #expect(last == TripleCounts(tp: 2, predicted: 2, gold: 2))
  }

  @Test("a name that the tokens do not hold is in reach where a match compares one token")
  func unlocated() {
    let text = sentence("A left Time Inc", [("A", "r", "Old Inc"), ("A", "r", "nowhere")])
    var options = EvaluationOptions()
    func ceiling() -> Int? {
      let report = Evaluator(options).report(
        sentences: [text], predictions: [prediction([], in: text)], forms: [Self.form(of: text)])
      return report.score.ceiling?.tp
    }
    #expect(ceiling() == 0)
    options.match = .partialLast
    #expect(ceiling() == 0)
    options.by = .string
    #expect(ceiling() == 1)
  }

  @Test("exact and partial-last are there whatever the mode", arguments: MatchMode.allCases)
  func otherMatches(_ mode: MatchMode) {
    var options = EvaluationOptions()
    options.match = mode
    let report = Self.report(options)
    #expect(report.otherMatches[.exact]?.counts == TripleCounts(tp: 2, predicted: 4, gold: 6))
    #expect(report.otherMatches[.partialLast]?.counts == TripleCounts(tp: 3, predicted: 4, gold: 6))
    #expect(Set(report.otherMatches.keys) == [.exact, .partialLast])
    #expect(report.otherMatches[mode].map { $0 == report.score } ?? true)
  }

  @Test("JSON has the agreed keys and numbers between 0 and 1")
  func json() throws {
    let object = try JSONSerialization.jsonObject(with: Self.report().json)
    let values = try #require(object as? [String: Any])
    #expect(
      values.keys.sorted() == [
        "byEntityLength", "byOverlap", "byRelation", "bySentenceLength", "byTripleCount", "ceiling",
        "completion", "counts", "entity", "errors", "f1", "faults", "interval", "match", "options",
        "otherMatches", "precision", "recall", "relation", "sentences", "tagging",
      ])
    #expect(values["match"] as? String == "exact")
    #expect(values["sentences"] as? Int == 4)
    #expect(values["precision"] as? Double == 0.5)
    #expect(values["recall"] as? Double == 2.0 / 6)
    #expect(values["f1"] as? Double == 0.4)
    #expect(values["counts"] as? [String: Int] == ["tp": 2, "predicted": 4, "gold": 6])
    let ceiling = try #require(values["ceiling"] as? [String: Any])
    #expect((ceiling["f1"] as? Double)?.rounded4 == 0.8)
    let errors = try #require(values["errors"] as? [String: Any])
    #expect((errors["incompletion"] as? [String: Any])?["count"] as? Int == 1)
    let keys = { (name: String) in (values[name] as? [String: Any])?.keys.sorted() }
    #expect(keys("byOverlap") == ["EPO", "Normal", "SEO"])
    #expect(keys("byTripleCount") == ["0", "1", "2", "3", "4", ">=5"])
    #expect(keys("byEntityLength") == ["1", "2", "3", ">3"])
    #expect(keys("relation") == ["copymtl", "note", "set"])
    #expect(keys("otherMatches") == ["exact", "partial-last"])
  }

  @Test("equal reports are the same bytes", arguments: LengthRule.allCases)
  func bytes(_ rule: LengthRule) throws {
    var options = EvaluationOptions()
    options.match = .partialFirst
    options.by = .string
    options.taggedEntities = .all
    options.lengthRule = rule
    let json = Self.report(options).json
    #expect(json == Self.report(options).json)
    let values = try JSONSerialization.jsonObject(with: json) as? [String: Any]
    let rules = try #require(values?["options"] as? [String: String])
    #expect(
      rules == [
        "match": "partial-first", "by": "string", "incompleteGroups": "wrong",
        "taggedEntities": "all", "lengthRule": rule.rawValue,
      ])
  }

  @Test("the authors' rule of RIN stands in JSON and in the table")
  func authorsRule() throws {
    var options = EvaluationOptions()
    (options.match, options.rinExact, options.anchor) = (.exactPosition, .authors, .first)
    let report = Self.report(options)
    let values = try JSONSerialization.jsonObject(with: report.json) as? [String: Any]
    #expect(values?["match"] as? String == "exact-pos by authors")
    let rules = try #require(values?["options"] as? [String: String])
    #expect(rules["rinExact"] == "authors" && rules["anchor"] == "first")
    let own = report.rows.filter { $0.match == "exact-pos by authors" }.map(\.name)
    #expect(own.starts(with: ["all", "Normal", "EPO", "SEO", "triples 0"]), "\(own)")
  }

  @Test("every line of the table with a number names a match mode")
  func table() {
    var options = EvaluationOptions()
    options.match = .partialLast
    options.by = .string
    let lines = Self.report(options).table().split(separator: "\n")
    let modes = ["exact", "partial-last by string", "partial-last", "spans"]
    let numbers = lines.filter { $0.contains(/[0-9]\.[0-9]/) }
    #expect(numbers.count == 37)
    for line in numbers {
      #expect(modes.contains { line.contains(" \($0) ") }, "\(line)")
    }
    let all = lines.filter { $0.hasPrefix("all ") }.map { $0.split(separator: " ") }
    #expect(
      all.map { $0.dropFirst().joined(separator: " ") } == [
        "partial-last by string 0.7500 0.5000 0.6000 [0.3333, 1.0000] 0.9091 3 4 6 4",
        "exact 0.5000 0.3333 0.4000 [0.0000, 0.7500] 0.8000 2 4 6 4",
        "partial-last 0.7500 0.5000 0.6000 [0.3333, 1.0000] 0.9091 3 4 6 4",
      ])
    #expect(lines.contains { $0.hasPrefix("Note: copymtl") })
    for relation in ["employer", "in", "p", "q", "r"] {
      #expect(lines.contains { $0.hasPrefix("\(relation) ") }, "\(relation)")
    }
    #expect(
      lines.suffix(3).dropLast() == [
        "wrong 2:  wrong span 1  incomplete 1",
        "missing 4:  wrong span 1  not expressible 1  missed 2",
      ])
  }

  @Test(
    "disorder and incompletion stand with their rates below the wrong ones, where there are any")
  func errorKinds() {
    let lines = Self.report().text(width: 80).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    let line = "of the wrong:  disorder 0 (0.0 per 1,000 gold)  incompletion 1 (166.7)"
    #expect(lines.contains { $0 == line }, "\(lines)")
    let none = Evaluator().report(
      sentences: ThreeSentences.sentences, predictions: ThreeSentences.predictions)
    #expect(none.faults.wrong == 2 && !none.text().contains("of the wrong"))
  }

  @Test("the best possible prediction scores 1, the ceiling with it")
  func perfect() {
    let gold = Self.sentences[0]
    let guess = prediction([("Ann", "employer", "New York Times")], in: gold, tags: "BOOBII")
    let report = Evaluator().report(
      sentences: [gold], predictions: [guess], forms: [Self.form(of: gold)])
    #expect(report.score.f1 == 1 && report.score.ceiling?.f1 == 1)
  }
}
