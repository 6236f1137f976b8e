import Corpora
import Evaluation
import Testing

@Suite("Probabilities of predicted triples")
struct ConfidenceTests {
  @Test("triples of the same names are one, of the largest probability; incomplete groups are none")
  func list() {
    let gold = sentence("A B A C", [("A", "r", "B"), ("B", "r", "C")])
    var found = Prediction()
    let spans: [(Span, String?, Span, Float)] = [
      (Span(0, 0), "r", Span(1, 1), 0.25), (Span(2, 2), "r", Span(1, 1), 0.75),
      (Span(0, 0), "q", Span(1, 1), 0.5), (Span(0, 0), nil, Span(1, 1), 0.875),
      (Span(1, 1), "r", Span(3, 3), 0.125),
    ]
    for (head, relation, tail, score) in spans {
      found.append(Prediction.Group(head: head, relation: relation, tail: tail), score: score)
    }
    #expect(
      Confidence.list(of: found, in: gold) == [
        Confidence(probability: 0.75, isRight: true), Confidence(probability: 0.5, isRight: false),
        Confidence(probability: 0.125, isRight: true),
      ])
    #expect(
      Confidence.list(of: found, in: gold, match: .exactPosition).map(\.isRight)
        == [true, false, false, true])
    #expect(Confidence.list(of: Prediction(groups: found.groups), in: gold).isEmpty)
  }
}
