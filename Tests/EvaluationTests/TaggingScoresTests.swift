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
    var unlisted = Self.gold
    unlisted.entities = []
    // A sentence that lists none has those of its triples.
    let other = report(tags: ["BBIOBII"], of: [unlisted], .all)
    #expect(other.tagging?.counts == TripleCounts(tp: 2, predicted: 3, gold: 2))
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

  /// `b b` is of type P, `c c c` of Q, and `a` has no type.
  private static let typed: Sentence = {
    var typed = gold
    typed.entities = [
      EntityMention(span: Span(0, 0)), EntityMention(span: Span(1, 2), type: "P"),
      EntityMention(span: Span(4, 6), type: "Q"), EntityMention(span: Span(1, 2), type: "Q"),
      EntityMention(span: Span(5, 6), type: "P"),
    ]
    return typed
  }()

  /// Predicted entities, then correct, predicted and gold ones with their types.
  private static let typedCases: [([(Int, Int, String)], TaggedEntities, [Int])] = [
    ([(1, 2, "P"), (4, 6, "Q")], .triples, [2, 2, 2]),
    ([(1, 2, "Q"), (4, 6, "Q")], .triples, [1, 2, 2]),
    ([(1, 2, "P"), (4, 5, "Q"), (0, 0, "P")], .triples, [1, 3, 2]),
    // The entity without a type is one of the gold, and of two that overlap the longer one is.
    ([(1, 2, "P"), (5, 6, "P"), (0, 0, "P")], .all, [1, 3, 3]),
    ([], .all, [0, 0, 3]),
  ]

  @Test("span and type are right, over the entities that gold tags spell", arguments: typedCases)
  func types(
    _ found: [(Int, Int, String)], _ tagged: TaggedEntities, expected: [Int]
  ) throws {
    var options = EvaluationOptions()
    options.taggedEntities = tagged
    func prediction(_ sentence: Sentence) -> Prediction {
      Prediction(
        entities: found.map { EntityMention(span: Span($0, $1), type: $2) },
        tags: Tags(
          of: [TaggedSpan](), count: sentence.tokens.count, TagScheme(.bioes, kinds: 2)))
    }
    // The second sentence has entities and no type, the fourth triples and no entities, so nothing of them counts; the
    // third has neither.
    var unlisted = Self.typed
    unlisted.entities = []
    let sentences = [Self.typed, Self.gold, sentence("x y"), unlisted]
    let report = Evaluator(options).report(
      sentences: sentences, predictions: sentences.map(prediction),
      forms: sentences.map { _ in Expressible(tokens: 6) })
    let score = try #require(report.typedTagging)
    #expect(score.sentences == 2)
    let counts = score.counts
    #expect(
      [counts.tp, counts.predicted - found.count, counts.gold]
        == [expected[0], expected[1], expected[2]])
    // The entity that ends in the seventh token is beyond what is read, and that without a type is out of reach.
    #expect(score.ceiling == TripleCounts(tp: 1, predicted: 1, gold: expected[2]))
    #expect(report.rows.contains { $0.name == "tagging" && $0.match == "typed spans" })
  }

  @Test("without types in the split or in the output there is no typed score")
  func untyped() {
    func score(_ sentence: Sentence, _ entities: [EntityMention]?) -> Score? {
      Evaluator().report(
        sentences: [sentence], predictions: [Prediction(entities: entities)]
      ).typedTagging
    }
    let span = Span(1, 2)
    #expect(score(Self.typed, nil) == nil)
    #expect(score(Self.typed, [EntityMention(span: span)]) == nil && score(Self.typed, []) == nil)
    #expect(score(Self.gold, [EntityMention(span: span, type: "P")]) == nil)
    #expect(score(Self.typed, [EntityMention(span: span, type: "P")])?.counts.tp == 1)
    // Names that differ in their code units alone are two types.
    var other = Self.typed
    other.entities[1].type = "\u{e9}"
    #expect(score(other, [EntityMention(span: span, type: "e\u{301}")])?.counts.tp == 0)
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
