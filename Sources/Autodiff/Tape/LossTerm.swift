/// One term of the objective on one shard: its sum over sentences, and the factor that the total gives
/// it. Operations add to the sum going forward and read the factor going backward.
public final class LossTerm {
  /// The name in the run log and in checkpoints, such as `L_D`.
  public let name: String
  /// The term's share in the total, such as λ.
  public let weight: Float
  /// The sum over the tokens or steps of each sentence, in the order of the shard.
  public private(set) var perSentence: [Double]
  /// What one sentence's term is multiplied by in the total; set before the backward pass.
  public var gradientScale: Float = 0

  public init(_ name: String, weight: Float, sentences: Int) {
    self.name = name
    self.weight = weight
    perSentence = [Double](repeating: 0, count: sentences)
  }

  /// The sum over sentences.
  public var sum: Double { perSentence.reduce(0, +) }

  /// Adds a loss to a sentence of the batch.
  package func add(_ loss: Float, sentence: Int) { perSentence[sentence] += Double(loss) }
}
