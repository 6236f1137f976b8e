import Foundation
import Kernels
import Testing

@Suite("Steps of the optimisers")
struct OptimizerTests {
  private static let count = 37
  private static let start = (0..<count).map { Float(cos(Double($0))) }

  /// Gradients of a step: of either sign, of very unequal size, one of them zero.
  private func gradient(_ step: Int) -> [Float] {
    (0..<Self.count).map { i in
      i == 5 ? 0 : Float(sin(Double(i * 3 + step))) * powf(10, Float(i % 7 - 4))
    }
  }

  /// Kingma and Ba's algorithm in float64, with Loshchilov and Hutter's decoupled weight decay.
  @Test("Adam over many steps is that of float64", arguments: [Float(0), 0.01], [Float(1), 0.25])
  func adamSteps(decay: Float, clip: Float) {
    var p = Self.start
    var (m, v) = ([Float](repeating: 0, count: p.count), [Float](repeating: 0, count: p.count))
    var (truth, mTruth, vTruth) = (p.map(Double.init), m.map(Double.init), v.map(Double.init))
    for step in 1...50 {
      let g = gradient(step)
      let (c1, c2) = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
      let isFinite = adam(
        &p, g, &m, &v, count: p.count, rate: 0.01, clip: clip, betas: (0.9, 0.999),
        epsilon: 1e-8, corrections: (Float(c1), Float(c2)), decay: decay)
      #expect(isFinite)
      for i in p.indices {
        let gradient = Double(g[i]) * Double(clip)
        mTruth[i] = 0.9 * mTruth[i] + 0.1 * gradient
        vTruth[i] = 0.999 * vTruth[i] + 0.001 * gradient * gradient
        let move = 0.01 * (mTruth[i] / c1) / ((vTruth[i] / c2).squareRoot() + 1e-8)
        truth[i] -= move + 0.01 * Double(decay) * truth[i]
      }
    }
    // 1 − 0.999 is off by 1.3·10⁻⁵ of itself in float32, and half of that is in every move.
    for i in p.indices { #expect(abs(Double(v[i]) - vTruth[i]) <= 2e-5 * vTruth[i]) }
    for i in p.indices { #expect(abs(Double(m[i]) - mTruth[i]) <= 1e-5 * abs(mTruth[i]) + 1e-9) }
    for i in p.indices { #expect(abs(Double(p[i]) - truth[i]) < 50 * 0.01 * 1e-5 + 1e-6) }
    if decay == 0 { #expect(p[5] == Self.start[5] && v[5] == 0) }
  }

  @Test("the first step of Adam is the rate, against the gradient's sign")
  func first() {
    var p: [Float] = [0, 0, 0]
    var (m, v): ([Float], [Float]) = ([0, 0, 0], [0, 0, 0])
    let isFinite = adam(
      &p, [1e-3, -70, 0], &m, &v, count: 3, rate: 0.5, clip: 1, betas: (0.9, 0.999), epsilon: 1e-8,
      corrections: (1 - 0.9, 1 - 0.999), decay: 0)
    #expect(isFinite)
    #expect(abs(p[0] + 0.5) < 1e-4 && abs(p[1] - 0.5) < 1e-4 && p[2] == 0)
  }

  @Test(
    "RMSprop over many steps is Models/README.md 1.13.4 in float64", arguments: [Float(1), 0.25])
  func rmspropSteps(clip: Float) {
    var p = Self.start
    var v = [Float](repeating: 0, count: p.count)
    var (truth, vTruth) = (p.map(Double.init), v.map(Double.init))
    for step in 1...50 {
      let g = gradient(step)
      let isFinite = rmsprop(
        &p, g, &v, count: p.count, rate: 0.001, clip: clip, decay: 0.9, epsilon: 1e-8)
      #expect(isFinite)
      for i in p.indices {
        let gradient = Double(g[i]) * Double(clip)
        vTruth[i] = 0.9 * vTruth[i] + 0.1 * gradient * gradient
        truth[i] -= 0.001 * gradient / (vTruth[i].squareRoot() + 1e-8)
      }
    }
    for i in p.indices { #expect(abs(Double(v[i]) - vTruth[i]) <= 1e-5 * vTruth[i]) }
    for i in p.indices { #expect(abs(Double(p[i]) - truth[i]) < 5e-6) }
    #expect(p[5] == Self.start[5])
  }

  @Test(
    "a parameter that is no longer finite is noticed, wherever it stands", arguments: [0, 17, 36])
  func overflow(place: Int) {
    var p = Self.start
    p[place] = .greatestFiniteMagnitude
    var (m, v) = ([Float](repeating: 0, count: p.count), [Float](repeating: 0, count: p.count))
    var q = p
    var g = [Float](repeating: 0, count: p.count)
    g[place] = -1
    let rate = Float.greatestFiniteMagnitude
    let adamIsFinite = adam(
      &p, g, &m, &v, count: p.count, rate: rate, clip: 1, betas: (0.9, 0.999), epsilon: 1e-8,
      corrections: (0.1, 0.001), decay: 0)
    let rmspropIsFinite = rmsprop(
      &q, g, &v, count: q.count, rate: rate, clip: 1, decay: 0.9, epsilon: 1e-8)
    #expect(!adamIsFinite && !rmspropIsFinite)
  }
}
