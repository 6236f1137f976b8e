import Foundation
import Kernels
import Testing

/// The scalar checks of models.md 1.5: `h′ = .5`, `x = 1`, the reset weight on x only (1), the update
/// weight on h only (1), candidate weights 1 and 1, no biases.
@Suite("Recurrent cells")
struct CellTests {
  private func sigma(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test("GRU that resets after the product: h = .642586")
  func resetAfter() {
    var input: [Float] = [1, 0, 1]
    var hidden: [Float] = [0]
    gruAfterForward(
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
    gruBeforeGates(rows: 1, width: 1, sums: &sums, previous: [0.5], reset: &reset)
    #expect(abs(reset[0] - Float(0.5 * sigma(1))) < 1e-6)
    sums[2] += reset[0]
    gruBeforeMix(rows: 1, width: 1, sums: &sums, previous: [0.5], hidden: &hidden)
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

  /// Gate order i, f, g, o; two rows of width two, so that strides count.
  @Test("LSTM is the formula of models.md 1.5 in float64")
  func lstm() {
    let sums: [Float] = (0..<16).map { Float(sin(Double($0) * 1.7)) }
    let previous: [Float] = [0.3, -0.8, 0.5, 0.1]
    var gates = sums
    var (cell, squashed, hidden) = ([Float](repeating: 0, count: 4), previous, previous)
    lstmForward(
      rows: 2, width: 2, gates: &gates, previous: previous, cell: &cell, squashed: &squashed,
      hidden: &hidden)
    for (row, k) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      func sum(_ gate: Int) -> Double { Double(sums[8 * row + 2 * gate + k]) }
      let i = 2 * row + k
      let c = sigma(sum(1)) * Double(previous[i]) + sigma(sum(0)) * tanh(sum(2))
      #expect(abs(Double(cell[i]) - c) < 1e-6)
      #expect(abs(Double(squashed[i]) - tanh(c)) < 1e-6)
      #expect(abs(Double(hidden[i]) - sigma(sum(3)) * tanh(c)) < 1e-6)
    }
  }
}
