/// One term of the objective on a batch. Operations add to each sentence's loss in the forward pass and
/// read ``gradientScale`` in the backward pass.
public final class LossTerm {
  /// The name in the run log and in checkpoints, such as `L_D`.
  public let name: String
  /// The term's share in the total, such as λ.
  public let weight: Float
  /// The loss of each sentence, in the order of the batch: a sum over its tokens or decoder steps.
  public private(set) var perSentence: [Double]
  /// The factor of a sentence's loss in the total: weight over normalizer; set before the backward pass.
  public var gradientScale: Float = 0

  /// Starts a term at zero for a batch of `sentences` sentences.
  public init(_ name: String, weight: Float, sentences: Int) {
    self.name = name
    self.weight = weight
    perSentence = [Double](repeating: 0, count: sentences)
  }

  /// The sum over sentences.
  public var sum: Double { perSentence.reduce(0, +) }

  /// Adds to the loss of a sentence of the batch.
  package func add(_ loss: Float, sentence: Int) { perSentence[sentence] += Double(loss) }
}
