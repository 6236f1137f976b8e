import Corpora
import Testing

@Suite("Predictions")
struct PredictionTests {
  private func group(_ i: Int) -> Prediction.Group {
    Prediction.Group(head: Span(i, i), relation: "r", tail: Span(0, 0))
  }

  @Test("repeats and empty groups are dropped, and groups past the bound are cut and counted")
  func bound() {
    var prediction = Prediction(groups: [
      group(1), group(1), Prediction.Group(head: Span?.none, relation: nil, tail: Span?.none),
    ])
    #expect(prediction.groups == [group(1)] && !prediction.isCut)
    let added = (1..<Prediction.mostGroups).map { prediction.append(group($0 + 1)) }
    #expect(added.allSatisfy { $0 })
    let repeated = prediction.append(group(1))
    #expect(repeated && !prediction.isCut, "a repeat needs no place")
    let another = prediction.append(group(0))
    #expect(!another && prediction.isCut)
    #expect(prediction.groups.count == Prediction.mostGroups)
    #expect(Prediction.cutWarning(0, in: "x") == nil)
    #expect(Prediction.cutWarning(2, in: "x")?.contains("2 sentences") == true)
  }

  @Test("arguments are spans or strings, entities have types")
  func arguments() {
    let written = Prediction.Group(
      head: Argument.text("Ann"), relation: "r", tail: Argument.span(Span(2, 3)))
    let prediction = Prediction(
      groups: [written], entities: [EntityMention(span: Span(2, 3), type: "ORG")])
    #expect(
      prediction.triples
        == [Triple(head: .text("Ann"), relation: "r", tail: .span(Span(2, 3)))])
    #expect(prediction.entities?.first?.type == "ORG")
  }
}
