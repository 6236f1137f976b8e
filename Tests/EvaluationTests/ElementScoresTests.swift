import Corpora
import Evaluation
import Testing

@Suite("Relation and entity scores")
struct ElementScoresTests {
  private func report(
    _ sentences: [Sentence], _ predictions: [Prediction],
    _ change: (inout EvaluationOptions) -> Void = { _ in }
  ) -> EvaluationReport {
    var options = EvaluationOptions()
    change(&options)
    return Evaluator(options).report(sentences: sentences, predictions: predictions)
  }

  @Test("both conventions on the three sentences", arguments: MatchMode.allCases)
  func threeSentences(_ mode: MatchMode) {
    let report = report(ThreeSentences.sentences, ThreeSentences.predictions) { $0.match = mode }
    #expect(report.relation.set.counts == TripleCounts(tp: 2, predicted: 3, gold: 3))
    #expect(report.relation.set.f1.rounded4 == 0.6667)
    #expect(report.entity.set.counts == TripleCounts(tp: 2, predicted: 4, gold: 4))
    #expect(report.entity.set.f1 == 0.5)
    #expect(report.relation.copymtl.f1.rounded4 == 0.6667)
    #expect(report.entity.copymtl.f1.rounded4 == 0.3333)
  }

  @Test("the copymtl convention counts one gold relation twice")
  func recallAboveOne() {
    let gold = sentence("A B C D", [("A", "r1", "B")])
    let report = report([gold], [prediction([("A", "r1", "B"), ("C", "r1", "D")], in: gold)])
    #expect(report.relation.copymtl.counts == TripleCounts(tp: 2, predicted: 2, gold: 1))
    #expect(report.relation.copymtl.recall == 2)
    #expect(report.relation.set.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
  }

  @Test("an exchange of head and tail keeps the set of entities and loses the ordered pair")
  func roles() {
    let gold = sentence("A B", [("A", "r", "B")])
    let report = report([gold], [prediction([("B", "r", "A")], in: gold)])
    #expect(report.entity.set.counts == TripleCounts(tp: 2, predicted: 2, gold: 2))
    #expect(report.entity.copymtl.counts == TripleCounts(tp: 0, predicted: 1, gold: 1))
  }

  @Test("a pair is right when both of its entities are", arguments: [("A", "C"), ("C", "B")])
  func half(_ head: String, _ tail: String) {
    let gold = sentence("A B C", [("A", "r", "B")])
    let report = report([gold], [prediction([(head, "r", tail)], in: gold)])
    #expect(report.entity.copymtl.counts == TripleCounts(tp: 0, predicted: 1, gold: 1))
    #expect(report.entity.set.counts == TripleCounts(tp: 1, predicted: 2, gold: 2))
  }

  @Test("of an incomplete group the filled slots count, and as a triple it is one prediction")
  func incompleteGroup() {
    let gold = sentence("A B", [("A", "r", "B")])
    let wrong = prediction([("A", "r", nil)], in: gold)
    let strict = report([gold], [wrong])
    #expect(strict.relation.set.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
    #expect(strict.entity.set.counts == TripleCounts(tp: 1, predicted: 1, gold: 2))
    #expect(strict.relation.copymtl.counts == TripleCounts(tp: 1, predicted: 1, gold: 1))
    #expect(strict.entity.copymtl.counts == TripleCounts(tp: 0, predicted: 1, gold: 1))
    let lenient = report([gold], [wrong]) { $0.incompleteGroups = .dropped }
    #expect(lenient.relation.set.counts == TripleCounts(tp: 0, predicted: 0, gold: 1))
  }

  @Test("entities are compared by the match key")
  func matchKey() {
    let gold = sentence("New York in America", [("New York", "in", "America")])
    let guess = prediction([("York", "in", "America")], in: gold)
    #expect(report([gold], [guess]).entity.set.counts.tp == 1)
    #expect(report([gold], [guess]) { $0.match = .partialLast }.entity.set.counts.tp == 2)
  }
}
