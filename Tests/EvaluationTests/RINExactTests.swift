import Corpora
import Evaluation
import Testing

@Suite("The rule of RIN's authors")
struct RINExactTests {
  /// Entities 0…1, 3 and 5…6 of seven tokens.
  private static let gold: [(Span, String, Span)] = [
    (Span(0, 1), "p", Span(3, 3)), (Span(0, 1), "q", Span(5, 6)),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// A letter a token: O, B, I, E, S.
    let tags: String
    var gold = RINExactTests.gold
    /// Spans as they come out of the tags.
    let predicted: [(Span, String, Span)]
    /// Correct, predicted and gold cells.
    let expected: [Int]
    var ceiling = 2
    var testDescription: String { name }
  }

  private static let self0 = [(Span(0, 0), "p", Span(0, 0))]
  /// Two gold triples of one cell by last tokens, of which tags can spell one.
  private static let shared = [
    (Span(0, 1), "p", Span(3, 3)), (Span(1, 1), "p", Span(3, 3)), (Span(0, 1), "q", Span(5, 6)),
  ]

  static let cases: [Case] = [
    Case(name: "all right", tags: "BEOSOBE", predicted: gold, expected: [2, 2, 2]),
    Case(
      name: "a one-token entity without its S", tags: "BEOOOBE", predicted: gold,
      expected: [1, 2, 2]),
    Case(
      name: "a wrong boundary", tags: "BEOSOOS",
      predicted: [gold[0], (Span(0, 1), "q", Span(6, 6))], expected: [1, 2, 2]),
    Case(
      name: "a cell of another relation and one of no entity", tags: "BEOSOBE",
      predicted: gold + [(Span(0, 1), "r", Span(3, 3)), (Span(2, 2), "p", Span(2, 2))],
      expected: [2, 4, 2]),
    Case(
      name: "head and tail are one entity", tags: "SOOOOOO", gold: self0, predicted: self0,
      expected: [0, 1, 1], ceiling: 0),
    Case(
      name: "gold triples of one cell count once", tags: "BEOSOBE", gold: shared, predicted: gold,
      expected: [2, 2, 2]),
    Case(
      name: "the other gold triple of the cell", tags: "OSOSOBE", gold: shared,
      predicted: [(Span(1, 1), "p", Span(3, 3))], expected: [1, 1, 2]),
  ]

  @Test("a cell is right where tags spell two entities of a gold triple", arguments: cases)
  func counts(_ example: Case) throws {
    let report = report(example, .last)
    let counts = report.score.counts
    #expect([counts.tp, counts.predicted, counts.gold] == example.expected)
    #expect(report.score.ceiling?.tp == example.ceiling)
    // Every row stands on the same cells.
    for rows in [
      Array(report.byTripleCount.values), Array(report.byEntityLength.values),
    ] {
      let sum = rows.reduce(TripleCounts()) { $0 + $1.counts }
      #expect(sum.tp == counts.tp && sum.gold == counts.gold)
    }
    let byLength = report.byEntityLength.values.reduce(0) { $0 + $1.counts.predicted }
    #expect(byLength == counts.predicted)
  }

  @Test("with the first token as anchor the starts make the cell", arguments: cases)
  func first(_ example: Case) {
    // The same sentence from its end.
    func turned(_ span: Span) -> Span { Span(6 - span.end, 6 - span.start) }
    func turned(_ triples: [(Span, String, Span)]) -> [(Span, String, Span)] {
      triples.map { (turned($0.0), $0.1, turned($0.2)) }
    }
    let letters = example.tags.reversed().map { ["B": "E", "E": "B"][$0] ?? String($0) }.joined()
    let mirror = Case(
      name: example.name, tags: letters, gold: turned(example.gold),
      predicted: turned(example.predicted), expected: example.expected)
    let counts = report(mirror, .first).score.counts
    #expect([counts.tp, counts.predicted, counts.gold] == example.expected)
  }

  @Test("gold triples that the text does not hold count as gold, each once")
  func unlocated() {
    var example = Self.cases[0]
    example.gold.append((Span(0, 1), "p", Span(2, 2)))
    let report = report(example, .last) { sentence in
      sentence.triples[2].tail = .text("nowhere")
      sentence.triples.append(sentence.triples[2])
    }
    #expect(report.score.counts == TripleCounts(tp: 2, predicted: 2, gold: 3))
    #expect(report.score.ceiling == TripleCounts(tp: 2, predicted: 2, gold: 3))
  }

  private func report(
    _ example: Case, _ anchor: Anchor, change: (inout Sentence) -> Void = { _ in }
  ) -> EvaluationReport {
    var options = EvaluationOptions()
    (options.match, options.rinExact, options.anchor) = (.exactPosition, .authors, anchor)
    var sentence = Sentence(
      id: "1", tokens: example.tags.map { String($0) },
      triples: example.gold.map { Triple(head: .span($0.0), relation: $0.1, tail: .span($0.2)) })
    change(&sentence)
    let tags = Tags(
      example.tags.map { ["O": 0, "B": 1, "I": 2, "E": 3, "S": 4][$0] ?? 0 }, .bioes)
    let prediction = Prediction(
      groups: example.predicted.map { .init(head: $0.0, relation: $0.1, tail: $0.2) }, tags: tags)
    let form = Expressible(tokens: tags.count) { _ in true }
    return Evaluator(options).report(
      sentences: [sentence], predictions: [prediction], forms: [form])
  }
}
