import Foundation
import Kernels
import Testing

@Suite("Logarithms of probabilities")
struct ProbabilityTests {
  @Test("the softmax is that of float64, wherever its logits lie", arguments: [0, 3e4, -3e4])
  func softmax(shift: Float) {
    let x: [Float] = [0, 0.5, -1.25, 3].map { $0 + shift }
    let sum = [0, 0.5, -1.25, 3].reduce(0) { $0 + exp($1) }
    for (index, value) in [0, 0.5, -1.25, 3].enumerated() {
      #expect(abs(logProbability(of: index, in: x, count: 4) - (value - log(sum))) < 1e-12)
    }
  }

  @Test("a logit of −∞ is no choice; a small share beside a sure one keeps its digits")
  func extremes() {
    #expect(logProbability(of: 1, in: [-.infinity, 2, -.infinity], count: 3) == 0)
    #expect(logProbability(of: 0, in: [-.infinity, 2], count: 2) == -.infinity)
    #expect(abs(logProbability(of: 0, in: [30, 0], count: 2) / -exp(-30) - 1) < 1e-2)
    #expect(logProbability(of: 1, in: [200, 0], count: 2) == -200)
  }

  @Test("the logistic function's logarithm is that of float64, and both sides sum to 1")
  func logistic() {
    for x: Float in [0, 0.5, -0.5, 4, -4, 30, -30] {
      let found = logProbability(ofLogit: x)
      #expect(abs(found / -log1p(exp(-Double(x))) - 1) < 1e-14)
      #expect(abs(exp(found) + exp(logProbability(ofLogit: -x)) - 1) < 1e-15)
    }
    #expect(logProbability(ofLogit: -1000) == -1000 && logProbability(ofLogit: 1000) == 0)
  }
}
