import Corpora
import Evaluation
import Testing

struct ErrorCase: CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let gold: [(String, String, String)]
  let predicted: [Names]
  /// Disorder, incompletion, swapped, other.
  let expected: [Int]

  init(
    _ name: String, _ text: String = "Time Inc. Ann Moore runs Time Inc. Ann Moore",
    gold: [(String, String, String)] = [("Ann Moore", "company", "Time Inc.")],
    predicted: [Names], _ expected: [Int]
  ) {
    testDescription = name
    self.text = text
    self.gold = gold
    self.predicted = predicted
    self.expected = expected
  }

  static let all: [ErrorCase] = [
    ErrorCase(
      "disorder", predicted: [("Inc. Ann Moore", "company", "Time")], [1, 0, 0, 0]),
    ErrorCase("incompletion", predicted: [("Moore", "company", "Time Inc.")], [0, 1, 0, 0]),
    ErrorCase("swapped", predicted: [("Time Inc.", "company", "Ann Moore")], [0, 0, 1, 0]),
    ErrorCase("another relation", predicted: [("Moore", "r", "Time Inc.")], [0, 0, 0, 1]),
    ErrorCase("too long", predicted: [("Ann Moore runs", "company", "Time Inc.")], [0, 0, 0, 1]),
    ErrorCase(
      "roles exchanged and short", predicted: [("Time", "company", "Moore")], [0, 0, 0, 1]),
    ErrorCase("right", predicted: [("Ann Moore", "company", "Time Inc.")], [0, 0, 0, 0]),
    ErrorCase(
      "a tail left empty is no incompletion", predicted: [("Moore", "company", nil)], [0, 0, 0, 1]),
    ErrorCase("no gold", gold: [], predicted: [("Ann", "company", "Time")], [0, 0, 0, 1]),
    ErrorCase(
      "tokens left out in the middle", "a b c d a c",
      gold: [("a b c", "r", "d")], predicted: [("a c", "r", "d")], [0, 1, 0, 0]),
    ErrorCase(
      "as many tokens do not make a disorder", "a a b c",
      gold: [("a a", "r", "b")], predicted: [("a", "r", "b c")], [0, 0, 0, 1]),
    ErrorCase(
      "tokens count as often as they stand", "a b b a a b",
      gold: [("a a", "r", "b")], predicted: [("b b", "r", "a")], [0, 0, 0, 1]),
    ErrorCase(
      "a missed triple is used once",
      predicted: [("Moore", "company", "Time Inc."), ("Ann", "company", "Time Inc.")], [0, 1, 0, 1]),
    ErrorCase(
      "a triple that was found is not missed",
      predicted: [("Ann Moore", "company", "Time Inc."), ("Ann", "company", "Time Inc.")],
      [0, 0, 0, 1]),
    ErrorCase(
      "a prediction counts once, for the first missed triple of the corpus", "a b c d a c",
      gold: [("a b", "r", "d"), ("d", "r", "a")], predicted: [("a", "r", "d")], [0, 1, 0, 0]),
    ErrorCase(
      "and for a later one where the first does not fit", "a b c d a c",
      gold: [("d", "r", "a"), ("a b", "r", "d")], predicted: [("a", "r", "d")], [0, 0, 1, 0]),
    ErrorCase(
      "repeats count once", gold: Array(repeating: ("Ann Moore", "company", "Time Inc."), count: 2),
      predicted: [("Moore", "company", "Time Inc."), ("Moore", "company", "Time Inc.")],
      [0, 1, 0, 0]),
  ]
}

@Suite("Error counts")
struct ErrorCountsTests {
  @Test("kinds of wrong predictions", arguments: ErrorCase.all)
  func kinds(_ example: ErrorCase) {
    let gold = sentence(example.text, example.gold)
    let guess = prediction(example.predicted, in: gold)
    let report = Evaluator().report(sentences: [gold], predictions: [guess])
    #expect(ErrorKind.allCases == [.disorder, .incompletion, .swapped, .other])
    #expect(ErrorKind.allCases.map { report.errors[$0] } == example.expected)
    #expect(example.expected.reduce(0, +) == report.score.counts.predicted - report.score.counts.tp)
  }

  @Test("rates are per thousand distinct gold triples, and 0 without any")
  func rates() {
    let gold = sentence(
      "a b c", [("a b", "r", "c"), ("a", "q", "c"), ("a", "q", "c"), ("b", "q", "c")])
    let guess = prediction([("b", "r", "c")], in: gold)
    let errors = Evaluator().report(
      sentences: [gold, gold], predictions: [guess, prediction([], in: gold)]
    ).errors
    #expect(errors.gold == 6)
    #expect(errors.perThousandGold(.incompletion) == 1000.0 / 6)
    let empty = Evaluator().report(sentences: [], predictions: []).errors
    #expect(empty.perThousandGold(.other) == 0)
  }

  @Test("errors are of exact strings whatever the match mode, and of facts alone when lenient")
  func modes() {
    var options = EvaluationOptions()
    options.match = .partialLast
    options.incompleteGroups = .dropped
    let gold = sentence("a b c", [("a b", "r", "c")])
    let guess = prediction([("b", "r", "c"), ("b", "r", nil)], in: gold)
    let report = Evaluator(options).report(sentences: [gold], predictions: [guess])
    #expect(report.score.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
    #expect(ErrorKind.allCases.map { report.errors[$0] } == [0, 1, 0, 0])
  }
}
