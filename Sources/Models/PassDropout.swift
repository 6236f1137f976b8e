import Autodiff
import Layers
import Randomness
import Tensors

/// The dropout of one pass over a batch: a mask for each sentence and purpose, none in inference.
struct PassDropout {
  private let dropout: Dropout
  private let examples: [Int]
  private let layout: SequenceLayout
  private let streams: RandomStreams?
  private let tape: Tape

  /// - Parameters:
  ///   - inputs: the sentences of the layout.
  ///   - streams: `nil` in inference.
  init(
    _ probability: Float, of inputs: [some ModelInput], layout: SequenceLayout,
    streams: RandomStreams?, on tape: Tape
  ) {
    dropout = Dropout(probability)
    examples = inputs.map(\.index)
    (self.layout, self.streams, self.tape) = (layout, streams, tape)
  }

  private func random(_ purpose: String) -> [CounterRandom]? {
    streams.map { streams in examples.map { streams.stream(purpose, example: $0) } }
  }

  /// The position of each token, in the rows of the layout.
  private var positions: [Int] { layout.packed { $1 } }

  /// Drops elements of `x [tokens, width]`.
  func callAsFunction(_ x: Variable, _ purpose: String) -> Variable {
    self(x, units: positions, purpose)
  }

  /// Drops elements of `x [rows, width]`.
  ///
  /// - Parameter units: the place of each row among those of its sentence.
  func callAsFunction(_ x: Variable, units: [Int], _ purpose: String) -> Variable {
    random(purpose).map { dropout(x, units: units, streams: $0, on: tape) } ?? x
  }

  /// Drops elements of `x [rows, width]` with half the probability.
  ///
  /// - Parameter units: the place of each row among those of its sentence.
  func halved(_ x: Variable, units: [Int], _ purpose: String) -> Variable {
    random(purpose).map {
      Dropout(dropout.probability / 2)(x, units: units, streams: $0, on: tape)
    } ?? x
  }

  /// The factors of `[tokens, width]`, for a layer that drops step by step; `nil` where nothing is dropped.
  func factors(width: Int, _ purpose: String) -> Matrix? {
    random(purpose).flatMap {
      dropout.factors(
        width: width, units: positions, rows: layout.tokenRows, streams: $0, on: tape)
    }
  }
}
