import Corpora
import Evaluation
import Testing

struct OverlapCase: CustomTestStringConvertible {
  let testDescription: String
  let triples: [(head: String, relation: String, tail: String)]
  let classes: Set<OverlapClass>

  init(
    _ name: String, _ triples: [(head: String, relation: String, tail: String)],
    _ classes: Set<OverlapClass>
  ) {
    testDescription = name
    self.triples = triples
    self.classes = classes
  }

  static let all: [OverlapCase] = [
    OverlapCase("no triples", [], []),
    OverlapCase("one triple", [("A", "r", "B")], [.normal]),
    OverlapCase("two apart", [("A", "r", "B"), ("C", "r", "D")], [.normal]),
    OverlapCase("a literal repeat", [("A", "r", "B"), ("A", "r", "B")], [.normal]),
    OverlapCase("two relations of one pair", [("A", "r", "B"), ("A", "q", "B")], [.epo]),
    OverlapCase("a pair both ways", [("A", "r", "B"), ("B", "q", "A")], [.seo]),
    OverlapCase("a shared head", [("A", "r", "B"), ("A", "r", "C")], [.seo]),
    OverlapCase("a chain", [("A", "r", "B"), ("B", "r", "C")], [.seo]),
    OverlapCase("head is tail", [("A", "r", "A")], [.seo]),
    OverlapCase("head is tail, two relations", [("A", "r", "A"), ("A", "q", "A")], [.epo, .seo]),
    OverlapCase(
      "one pair twice and one apart", [("A", "r", "B"), ("A", "q", "B"), ("C", "r", "D")], [.epo]),
    OverlapCase(
      "one pair twice and a shared tail",
      [("A", "r", "B"), ("A", "q", "B"), ("C", "r", "B")], [.epo, .seo]),
    OverlapCase(
      "relations that are canonically equivalent differ",
      [("A", "\u{E9}", "B"), ("A", "e\u{301}", "B")], [.epo]),
  ]
}

@Suite("Breakdowns")
struct BreakdownTests {
  private func report(
    _ sentences: [Sentence], _ predictions: [Prediction],
    _ change: (inout EvaluationOptions) -> Void = { _ in }
  ) -> EvaluationReport {
    var options = EvaluationOptions()
    change(&options)
    return Evaluator(options).report(sentences: sentences, predictions: predictions)
  }

  @Test("overlap classes", arguments: OverlapCase.all)
  func overlap(_ example: OverlapCase) {
    let triples = example.triples.map { (head: $0.0, relation: ExactString($0.1), tail: $0.2) }
    #expect(OverlapClass.classes(of: triples) == example.classes)
  }

  @Test("each overlap class is scored on its sentences only")
  func byOverlap() {
    let report = report(ThreeSentences.sentences, ThreeSentences.predictions)
    #expect(report.byOverlap[.epo]?.counts == TripleCounts(tp: 1, predicted: 2, gold: 2))
    #expect(report.byOverlap[.normal]?.counts == TripleCounts(tp: 0, predicted: 0, gold: 1))
    #expect(report.byOverlap[.seo]?.counts == TripleCounts())
    #expect(OverlapClass.allCases.map { report.byOverlap[$0]?.sentences } == [1, 1, 0])
  }

  @Test("overlap compares entities by the match key")
  func overlapByMode() {
    let gold = sentence("New York , old York", [("New York", "r", "old York")])
    #expect(report([gold], [prediction([], in: gold)]).byOverlap[.normal]?.sentences == 1)
    let byString = report([gold], [prediction([], in: gold)]) {
      $0.match = .partialLast
      $0.by = .string
    }
    #expect(byString.byOverlap[.normal]?.sentences == 0)
    #expect(byString.byOverlap[.seo]?.sentences == 1)
  }

  @Test("sentences by their number of distinct triples")
  func byTripleCount() {
    let sentences = (0...7).map { n in
      sentence("A B", (0..<n).map { ("A", "r\($0)", "B") } + (n == 0 ? [] : [("A", "r0", "B")]))
    }
    let guesses = sentences.map { prediction([("A", "r0", "B")], in: $0) }
    let scores = report(sentences, guesses).byTripleCount
    #expect(TripleCountBucket.allCases.map { scores[$0]?.sentences } == [1, 1, 1, 1, 1, 3])
    #expect(TripleCountBucket.allCases.map { scores[$0]?.counts.gold } == [0, 1, 2, 3, 4, 18])
    #expect(scores[.fiveOrMore]?.counts == TripleCounts(tp: 3, predicted: 3, gold: 18))
  }

  /// Entities of one to four tokens, and one that stands nowhere.
  static let long = sentence(
    "a b b c c c d d d d e",
    [
      ("a", "r", "e"), ("b b", "r", "a"), ("a", "r", "c c c"), ("d d d d", "r", "c c c"),
      ("a", "r", "n o w h e r e"),
    ])

  @Test("triples by the token count of the larger entity")
  func byTripleLength() {
    let guess = prediction(
      [
        ("a", "r", "e"), ("a", "q", "e"), ("b b", "r", "a"), ("c c", "r", "a"), ("a", "r", nil),
        (nil, "r", nil),
      ], in: Self.long)
    let scores = report([Self.long], [guess]).byEntityLength
    #expect(Set(scores.keys) == [.one, .two, .three, .moreThanThree])
    #expect(scores[.one]?.counts == TripleCounts(tp: 1, predicted: 3, gold: 1))
    #expect(scores[.two]?.counts == TripleCounts(tp: 1, predicted: 2, gold: 1))
    #expect(scores[.three]?.counts == TripleCounts(tp: 0, predicted: 0, gold: 1))
    #expect(scores[.moreThanThree]?.counts == TripleCounts(tp: 0, predicted: 0, gold: 2))
  }

  @Test("a match of another length is counted in the bucket of its gold triple")
  func matchedLength() {
    let guess = prediction([("b", "r", "a"), ("d d d", "r", "a")], in: Self.long)
    let gold = sentence("a b b c c c d d d d e", [("b b", "r", "a")])
    let scores = report([gold], [guess]) { $0.match = .partialFirst }.byEntityLength
    #expect(scores[.two]?.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
    #expect(scores[.one]?.counts == TripleCounts())
    #expect(scores[.three]?.counts == TripleCounts(tp: 0, predicted: 1, gold: 0))
  }

  @Test("gold triples that the match mode makes one are in the bucket of the first")
  func mergedLength() {
    let gold = sentence("a b b c", [("b b", "r", "a"), ("b", "r", "a")])
    let scores = report([gold], [prediction([], in: gold)]) { $0.match = .partialFirst }
    #expect(scores.score.counts.gold == 1)
    #expect(scores.byEntityLength[.two]?.counts.gold == 1)
    #expect(scores.byEntityLength[.one]?.counts.gold == 0)
  }

  @Test("sentences by the token counts of their entities")
  func bySentenceLength() {
    let sentences = [
      sentence("a e", [("a", "r", "e")]), sentence("a b b", [("b b", "r", "a")]),
      sentence("a b b c c c", [("b b", "r", "c c c")]), Self.long, sentence("a"),
    ]
    let guesses = sentences.map { prediction([], in: $0) }
    let report = report(sentences, guesses) { $0.lengthRule = .sentence }
    let counts = LengthRule.sentence.buckets.map { report.byEntityLength[$0]?.sentences }
    #expect(counts == [1, 3, 2, 1])
    #expect(report.byEntityLength[.two] == nil)
  }

  @Test("sentences by their number of tokens")
  func byTokens() {
    let lengths = [1, 10, 11, 50, 51, 300]
    let sentences = lengths.map { length in
      sentence((["A", "B"] + (0..<length).map { "w\($0)" }).prefix(length).joined(separator: " "))
    }
    let guesses = sentences.map { prediction([], in: $0) }
    let scores = report(sentences, guesses).bySentenceLength
    #expect(
      SentenceLengthBucket.allCases.map { scores[$0]?.sentences } == [2, 1, 0, 0, 1, 2])
  }

  @Test("triples by what training had: the relation with both names, both names, neither")
  func byNovelty() throws {
    let training = TrainingFacts(of: [
      sentence("A B", [("A", "r", "B")]), sentence("C D", [("C", "r", "D")]),
    ])
    let gold = sentence(
      "A B C x", [("A", "r", "B"), ("A", "q", "B"), ("A", "r", "C"), ("A", "r", "x")])
    let guess = prediction(
      [("A", "r", "B"), ("C", "r", "B"), ("x", "r", "A"), ("A", "r", nil)], in: gold)
    let scores = try #require(
      Evaluator().report(sentences: [gold], predictions: [guess], training: training).byNovelty)
    #expect(scores[.seenTriple]?.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
    #expect(scores[.unseenTriple]?.counts == TripleCounts(tp: 0, predicted: 3, gold: 3))
    #expect(scores[.seenEntities]?.counts == TripleCounts(tp: 1, predicted: 2, gold: 3))
    #expect(scores[.unseenEntity]?.counts == TripleCounts(tp: 0, predicted: 2, gold: 1))
  }

  @Test("relations, worst first, with what they are taken for")
  func byRelation() {
    let gold = sentence("A B C D", [("A", "r", "B"), ("C", "r", "D"), ("A", "s", "D")])
    let guess = prediction(
      [("A", "q", "B"), ("C", "q", "D"), ("A", "s", "D"), ("A", "t", "C"), ("A", nil, "B")],
      in: gold)
    let relations = report([gold], [guess]).byRelation
    #expect(relations.map(\.name) == ["r", "q", "t", "s"])
    #expect(relations[0].takenFor.map(\.relation) == ["q"] && relations[0].takenFor[0].count == 2)
    #expect(relations[0].score.counts == TripleCounts(tp: 0, predicted: 0, gold: 2))
    #expect(relations[3].score.f1 == 1 && relations[3].takenFor.isEmpty)
  }
}
