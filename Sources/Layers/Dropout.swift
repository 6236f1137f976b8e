import Autodiff
import Randomness
import Tensors

/// Inverted dropout with a mask for each sentence: a mask depends on seed, epoch, sentence and purpose,
/// not on the rest of the batch or the rank (Models/README.md 1.10).
public struct Dropout: Sendable {
  /// The probability of dropping an element, in `0..<1`.
  public let probability: Float

  /// Makes a dropout; survivors are scaled by `1 / (1 − probability)`.
  public init(_ probability: Float) {
    precondition(0 <= probability && probability < 1, "dropout \(probability)")
    self.probability = probability
  }

  /// Drops elements of `x [rows, width]`; element k of row r is draw `units[r]·width + k` of the row's sentence.
  ///
  /// - Parameters:
  ///   - units: the place of each row in its sentence, such as the token's position.
  ///   - streams: the random stream of each sentence.
  public func callAsFunction(
    _ x: Variable, units: [Int], streams: [CounterRandom], on tape: Tape
  ) -> Variable {
    factors(width: x.value.columns, units: units, rows: x.rows, streams: streams, on: tape)
      .map { tape.multiplied(x, by: $0) } ?? x
  }

  /// The factor of each element of `[rows, width]`, for a layer that drops them step by step; `nil` where nothing is
  /// dropped.
  ///
  /// - Parameters:
  ///   - units: the place of each row in its sentence.
  ///   - rows: the sentence of each row.
  ///   - streams: the random stream of each sentence.
  public func factors(
    width: Int, units: [Int], rows: RowMap, streams: [CounterRandom], on tape: Tape
  ) -> Matrix? {
    guard probability > 0 else { return nil }
    let kept = 1 / (1 - probability)
    let factors = tape.pool.uninitialized(units.count, width)
    for (r, unit) in units.enumerated() {
      let row = factors.row(r)
      streams[rows.sentence(of: r)].writeUniforms(from: unit * width, count: width, to: row)
      for k in 0..<width { row[k] = row[k] < probability ? 0 : kept }
    }
    return factors
  }
}
