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

  /// Drops elements of `x [tokens, width]`; element k of token i is the sentence's draw `i·width + k`.
  ///
  /// - Parameter streams: the random stream of each sentence of the layout.
  public func callAsFunction(
    _ x: Variable, layout: SequenceLayout, streams: [CounterRandom], on tape: Tape
  ) -> Variable {
    factors(width: x.value.columns, layout: layout, streams: streams, on: tape)
      .map { tape.multiplied(x, by: $0) } ?? x
  }

  /// The factor of each element of `[tokens, width]`, for a layer that drops them step by step; `nil` where nothing is
  /// dropped.
  public func factors(
    width: Int, layout: SequenceLayout, streams: [CounterRandom], on tape: Tape
  ) -> Matrix? {
    guard probability > 0 else { return nil }
    let kept = 1 / (1 - probability)
    let factors = tape.pool.uninitialized(layout.rows, width)
    for sentence in 0..<layout.sentences {
      for position in 0..<layout.lengths[sentence] {
        let row = factors.row(layout.row(sentence: sentence, position: position))
        for k in 0..<width {
          row[k] = streams[sentence].uniform(position * width + k) < probability ? 0 : kept
        }
      }
    }
    return factors
  }
}
