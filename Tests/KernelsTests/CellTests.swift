import Foundation
import Kernels
import Testing

/// The scalar checks of Models/README.md 1.5: `h′ = .5`, `x = 1`, the reset weight on x only (1),
/// the update weight on h only (1), candidate weights 1 and 1, no biases.
@Suite("Recurrent cells")
struct CellTests {
  private func sigma(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test("GRU that resets after the product: h = .642586")
  func resetAfter() {
    var input: [Float] = [1, 0, 1]
    var hidden: [Float] = [0]
    gruResetAfterForward(
      rows: 1, width: 1, input: &input, recurrent: [0, 0.5, 0.5], previous: [0.5], hidden: &hidden)
    #expect(abs(hidden[0] - 0.642586) < 1e-6)
    #expect(abs(input[2] - 0.877669) < 1e-6)
  }

  /// The update gate's weight is negated: RIN's paper mixes `(1 − z)h′ + zm`, tercet as TensorFlow
  /// `zh′ + (1 − z)m`, and `1 − σ(x) = σ(−x)`.
  @Test("GRU that resets before the product, in RIN's mixing: h = .735084")
  func resetBefore() {
    var sums: [Float] = [1, -0.5, 1]
    var (reset, hidden): ([Float], [Float]) = ([0], [0])
    gruResetBeforeGates(rows: 1, width: 1, sums: &sums, previous: [0.5], reset: &reset)
    #expect(abs(reset[0] - Float(0.5 * sigma(1))) < 1e-6)
    sums[2] += reset[0]
    gruResetBeforeMix(rows: 1, width: 1, sums: &sums, previous: [0.5], hidden: &hidden)
    #expect(abs(hidden[0] - 0.735084) < 1e-6)
    #expect(abs(sums[2] - 0.877669) < 1e-6)
  }

  /// `x = 1, h′ = .2, c′ = .4`, weights (x, h′, c′) of f (.5, .3, .1), i (.4, −.2, .2), o (.3, .1, .7), of
  /// the candidate (.6, .5).
  @Test("LSTM with peepholes: f = .645656, i = .608259, c = .625875, o = .680944, h = .378063")
  func peephole() {
    var gates: [Float] = [0.4 - 0.2 * 0.2, 0.5 + 0.3 * 0.2, 0.6 + 0.5 * 0.2, 0.3 + 0.1 * 0.2]
    var (cell, squashed, hidden): ([Float], [Float], [Float]) = ([0], [0], [0])
    peepholeForward(
      rows: 1, width: 1, gates: &gates, peepholes: [0.2, 0.1, 0.7], previous: [0.4], cell: &cell,
      squashed: &squashed, hidden: &hidden)
    let found = [gates[1], gates[0], cell[0], gates[3], hidden[0]]
    let expected: [Float] = [0.645656, 0.608259, 0.625875, 0.680944, 0.378063]
    for (value, expected) in zip(found, expected) {
      #expect(abs(value - expected) < 1e-6)
    }
  }

  /// Gate order i, f, g, o; two rows, so that strides count; the backward pass goes 256 cells at a time.
  @Test(
    "LSTM and its gradient are the formulas of Models/README.md 1.5 in float64",
    arguments: [2, 256, 300, 513])
  func lstm(width: Int) {
    func numbers(_ count: Int, _ pace: Double) -> [Float] {
      (0..<count).map { Float(sin(Double($0) * pace)) }
    }
    let count = 2 * width
    let (sums, previous) = (numbers(4 * count, 1.7), numbers(count, 0.9))
    let (hiddenGradient, laterGradient) = (numbers(count, 2.3), numbers(count, 1.1))
    var (gates, cellGradient) = (sums, laterGradient)
    var (cell, squashed, hidden) = ([Float](repeating: 0, count: count), previous, previous)
    lstmForward(
      rows: 2, width: width, gates: &gates, previous: previous, cell: &cell, squashed: &squashed,
      hidden: &hidden)
    lstmBackward(
      rows: 2, width: width, gates: &gates, previous: previous, squashed: squashed,
      hiddenGradient: hiddenGradient, cellGradient: &cellGradient)
    for at in 0..<count {
      let place = at / width * 4 * width + at % width
      func sum(_ gate: Int) -> Double { Double(sums[place + gate * width]) }
      let (i, f, g, o) = (sigma(sum(0)), sigma(sum(1)), tanh(sum(2)), sigma(sum(3)))
      let c = f * Double(previous[at]) + i * g
      let dh = Double(hiddenGradient[at])
      let dc = Double(laterGradient[at]) + dh * o * (1 - tanh(c) * tanh(c))
      let gradients = [
        dc * g * i * (1 - i), dc * Double(previous[at]) * f * (1 - f), dc * i * (1 - g * g),
        dh * tanh(c) * o * (1 - o),
      ]
      let found =
        [cell[at], squashed[at], hidden[at], cellGradient[at]]
        + (0..<4).map { gates[place + $0 * width] }
      for (value, truth) in zip(found, [c, tanh(c), o * tanh(c), dc * f] + gradients) {
        #expect(abs(Double(value) - truth) < 1e-6)
      }
    }
  }
}
