import Corpora
import Evaluation
import Testing

@Suite("Tagging scores")
struct TaggingScoresTests {
  /// Entities of the triples: `b b`, `c c c`; `a` is listed too.
  private static let gold: Sentence = {
    var gold = sentence("a b b x c c c", [("b b", "r", "c c c"), ("b b", "r", "nowhere")])
    gold.entities = [Span(0, 0), Span(1, 2), Span(4, 6)].map { EntityMention(span: $0) }
    return gold
  }()

  private func report(
    tags: [String?], of sentences: [Sentence], _ entities: TaggedEntities = .triples
  ) -> EvaluationReport {
    var options = EvaluationOptions()
    options.taggedEntities = entities
    return Evaluator(options).report(
      sentences: sentences,
      predictions: zip(sentences, tags).map { prediction([], in: $0, tags: $1) })
  }

  /// Tags, then correct, predicted and gold spans, then completions likewise.
  private static let cases: [(String, [Int], [Int])] = [
    ("OBIOBII", [2, 2, 2], [2, 2, 2]),
    ("OOOOOOO", [0, 0, 2], [0, 2, 2]),
    ("BBIOBII", [2, 3, 2], [2, 2, 2]),
    // A span that goes on too far is no span of the gold, yet its inner entity is completed.
    ("OBIIBII", [1, 2, 2], [2, 2, 2]),
    // An inside without a begin opens a span, here and in completion.
    ("OIIOIII", [2, 2, 2], [2, 2, 2]),
    ("BIIOBBI", [0, 3, 2], [0, 2, 2]),
  ]

  @Test("spans and completions from tags", arguments: cases)
  func tags(_ tags: String, spans: [Int], completions: [Int]) throws {
    let report = report(tags: [tags], of: [Self.gold])
    let ner = try #require(report.tagging?.counts)
    let completion = try #require(report.completion?.counts)
    #expect([ner.tp, ner.predicted, ner.gold] == spans)
    #expect([completion.tp, completion.predicted, completion.gold] == completions)
  }

  @Test("all listed entities on request, and then completion still of those in triples")
  func listed() {
    let report = report(tags: ["BBIOBII"], of: [Self.gold], .all)
    #expect(report.tagging?.counts == TripleCounts(tp: 3, predicted: 3, gold: 3))
    #expect(report.completion?.counts == TripleCounts(tp: 2, predicted: 2, gold: 2))
  }

  @Test("of nested entities only the longer one is a gold span")
  func nested() {
    let gold = sentence("New York Times", [("New York Times", "in", "New York")])
    let report = report(tags: ["BII"], of: [gold])
    #expect(report.tagging?.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
    #expect(report.completion?.counts == TripleCounts(tp: 2, predicted: 2, gold: 2))
  }

  @Test("without tags there is no score; with some, the others have no spans")
  func missingTags() {
    let none = report(tags: [nil, nil], of: [Self.gold, Self.gold])
    #expect(none.tagging == nil && none.completion == nil)
    let some = report(tags: [nil, "OBIOBII"], of: [Self.gold, Self.gold])
    #expect(some.tagging?.counts == TripleCounts(tp: 2, predicted: 2, gold: 4))
    #expect(some.completion?.counts == TripleCounts(tp: 2, predicted: 4, gold: 4))
  }
}
