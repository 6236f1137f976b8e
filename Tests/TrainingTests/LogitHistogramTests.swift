import Evaluation
import Foundation
import Models
import Testing

@testable import Training

@Suite("The fit of the temperature")
struct LogitHistogramTests {
  private func histogram(_ triples: [(logit: Double, right: Int, wrong: Int)]) -> LogitHistogram {
    var histogram = LogitHistogram()
    for (logit, right, wrong) in triples {
      let p = Float(1 / (1 + exp(-logit)))
      for _ in 0..<right { histogram.add(Confidence(probability: p, isRight: true)) }
      for _ in 0..<wrong { histogram.add(Confidence(probability: p, isRight: false)) }
    }
    return histogram
  }

  @Test(
    "one logit x with the share q of right triples has T = x / logit(q)",
    arguments: [(2.0, 70, 30), (-1.5, 20, 60), (4, 90, 10), (0.5, 300, 100)])
  func closedForm(logit: Double, right: Int, wrong: Int) throws {
    let found = histogram([(logit, right, wrong)])
    let temperature = try #require(found.temperature)
    #expect(abs(temperature.value - logit / log(Double(right) / Double(wrong))) < 1e-4)
    #expect(found.right == right && found.wrong == wrong)
  }

  private static let mixed: [(logit: Double, right: Int, wrong: Int)] = [
    (-6, 1, 40), (-2.25, 9, 30), (-0.5, 21, 19), (0.75, 22, 20), (3, 40, 17), (7.5, 80, 4),
    (11, 55, 1),
  ]

  @Test("of several logits it is the best of a fine grid")
  func grid() throws {
    func loss(_ temperature: Double) -> Double {
      Self.mixed.reduce(0) {
        let x = $1.logit / temperature
        return $0 + Double($1.right) * log1p(exp(-x)) + Double($1.wrong) * log1p(exp(x))
      }
    }
    let grid = (500...200_000).map { Double($0) / 10_000 }
    let best = try #require(grid.min { loss($0) < loss($1) })
    let found = try #require(histogram(Self.mixed).temperature)
    // A bin is 1/128 wide.
    #expect(abs(found.value / best - 1) < 2e-3 && best > 1.5)
    #expect(found.value == (found.value * 10_000).rounded() / 10_000)
  }

  @Test("the histogram of all is the sum of its parts', however they are dealt")
  func parts() {
    let whole = histogram(Self.mixed)
    let parts = [histogram(Array(Self.mixed[..<2])), histogram(Array(Self.mixed[2...]))]
    let sum = LogitHistogram(counts: zip(parts[0].counts, parts[1].counts).map { $0 + $1 })
    #expect(sum == whole && sum.temperature == whole.temperature)
  }

  @Test("fewer than ten right or wrong triples fit no temperature")
  func few() {
    #expect(LogitHistogram().temperature == nil)
    for (right, wrong) in [(9, 500), (500, 9), (0, 500)] {
      #expect(histogram([(1, right, wrong)]).temperature == nil)
    }
    #expect(histogram([(1, 10, 10)]).temperature != nil)
  }

  @Test("probabilities that part right from wrong, or tell nothing, have the ends of the range")
  func ends() {
    #expect(histogram([(3, 50, 0), (-3, 0, 50)]).temperature?.value == 0.05)
    #expect(histogram([(3, 10, 50), (-3, 50, 10)]).temperature?.value == 20)
    let sure = histogram([(60, 30, 10), (-120, 10, 30)])
    #expect(sure.right == 40 && sure.wrong == 40)
    // Logits of ±17.
    #expect(abs((sure.temperature?.value ?? 0) - 17 / log(3)) < 1e-4)
  }
}
