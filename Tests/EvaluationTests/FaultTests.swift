import Corpora
import Evaluation
import Testing

/// The kind of every wrong and every missing triple.
@Suite("Faults")
struct FaultTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let gold: [(String, String, String)]
    let predicted: [(String?, String?, String?)]
    let kinds: [FaultKind]

    init(
      _ name: String, gold: [(String, String, String)],
      _ predicted: [(String?, String?, String?)], _ kinds: [FaultKind]
    ) {
      (testDescription, self.gold, self.predicted, self.kinds) = (name, gold, predicted, kinds)
    }
  }

  private static let text = "Ann Moore left Time Inc for New York ."
  private static let fact = [("Ann Moore", "left", "Time Inc")]

  static let cases = [
    Case("a right triple", gold: fact, [("Ann Moore", "left", "Time Inc")], []),
    Case("head and tail exchanged", gold: fact, [("Time Inc", "left", "Ann Moore")], [.swapped]),
    Case("another relation", gold: fact, [("Ann Moore", "r", "Time Inc")], [.relation]),
    Case("a shorter head", gold: fact, [("Moore", "left", "Time Inc")], [.span]),
    Case("longer on both sides", gold: fact, [("Ann Moore left", "left", "Inc for")], [.span]),
    Case("another tail", gold: fact, [("Ann Moore", "left", "New York")], [.tail]),
    Case("another head", gold: fact, [("New York", "left", "Time Inc")], [.head]),
    Case("an empty slot", gold: fact, [("Ann Moore", "left", nil)], [.incomplete, .missed]),
    Case("nothing in common", gold: fact, [("for", "r", "New")], [.spurious, .missed]),
    Case("nothing predicted", gold: fact, [], [.missed]),
    Case(
      "one missing triple is paired once, by the closest kind first", gold: fact,
      [("Ann Moore", "left", "New York"), ("Ann Moore", "r", "Time Inc")], [.relation, .spurious]),
    Case(
      "two of a kind are paired in order", gold: fact + [("New York", "left", "Time Inc")],
      [("Ann Moore", "left", "for"), ("New York", "left", "for")], [.tail, .tail]),
  ]

  @Test("each has one kind", arguments: cases)
  func kinds(_ example: Case) {
    let gold = sentence(Self.text, example.gold)
    let report = Evaluator().report(
      sentences: [gold], predictions: [prediction(example.predicted, in: gold)])
    #expect(report.faults.list.map(\.kind) == example.kinds)
    let counts = report.score.counts
    #expect(report.faults.wrong == counts.predicted - counts.tp)
    #expect(report.faults.missing == counts.gold - counts.tp)
    let kinds = FaultKind.allCases
    #expect(kinds.reduce(0) { $0 + report.faults.wrong($1) } == report.faults.wrong)
    #expect(kinds.reduce(0) { $0 + report.faults.missing($1) } == report.faults.missing)
  }

  @Test("missing triples that the model cannot have are told apart")
  func limits() {
    let gold = sentence(
      "A B C",
      [("A", "r", "B"), ("A", "x", "B"), ("A", "r", "nowhere"), ("B", "r", "C"), ("C", "r", "A")])
    let form = Expressible(tokens: 3, triples: 3, relation: { $0 == "r" })
    let report = Evaluator().report(
      sentences: [gold], predictions: [prediction([("A", "r", "B")], in: gold)], forms: [form])
    #expect(
      report.faults.list.map(\.kind) == [
        .unknownRelation, .inexpressible, .beyondLimit, .beyondLimit,
      ])
    #expect(report.faults.limit == 3)
    #expect(report.text().contains("beyond 3 triples 2"))
  }

  @Test("faults are drawn over their sentences")
  func drawn() {
    let gold = sentence(Self.text, Self.fact)
    let report = Evaluator().report(
      sentences: [gold], predictions: [prediction([("Moore", "left", "Time Inc")], in: gold)])
    let drawn = report.faults.drawn(1, over: [gold], width: 80)
    #expect(
      drawn == """
        wrong span 1 of 1: sentence \(Self.text)
          Ann [Moore]h left [Time Inc]t for New York .
          predicted: (Moore, left, Time Inc)
          [Ann Moore]h left [Time Inc]t for New York .
          gold: (Ann Moore, left, Time Inc)

        """)
  }
}
