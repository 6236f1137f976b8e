import Autodiff
import Randomness

/// The sentences of one pass through a transformer: their rows, what each row attends to, and the pass's dropout.
public struct TransformerPass {
  /// The rows of each sentence.
  public let layout: SentenceLayout
  /// What the rows of each sentence attend to.
  public let masks: [AttentionMask]
  private let probability: Float
  private let streams: ((String) -> [CounterRandom])?

  /// Makes a pass.
  ///
  /// - Parameters:
  ///   - dropout: the probability of dropping an element.
  ///   - streams: the random stream of each sentence for a purpose; `nil` in inference, without dropout.
  public init(
    layout: SentenceLayout, masks: [AttentionMask], dropout: Float = 0,
    streams: ((String) -> [CounterRandom])? = nil
  ) {
    precondition(masks.count == layout.sentences, "\(masks.count) masks of \(layout.sentences)")
    (self.layout, self.masks, probability, self.streams) = (layout, masks, dropout, streams)
  }

  /// The dropout of one purpose; `nil` where nothing is dropped.
  func dropout(_ purpose: String) -> DropoutMask? {
    streams.flatMap { DropoutMask(probability, streams: $0("dropout of \(purpose)")) }
  }
}
