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

  /// Drops elements of `x [tokens, width]`.
  func callAsFunction(_ x: Variable, _ purpose: String) -> Variable {
    random(purpose).map { dropout(x, layout: layout, streams: $0, on: tape) } ?? x
  }

  /// The factors of `[tokens, width]`, for a layer that drops step by step; `nil` where nothing is dropped.
  func factors(width: Int, _ purpose: String) -> Matrix? {
    random(purpose).flatMap {
      dropout.factors(width: width, layout: layout, streams: $0, on: tape)
    }
  }
}
