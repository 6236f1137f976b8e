import Autodiff
import Tensors

/// A sequence tagger: linear emissions and a linear-chain CRF over them (Models/README.md 1.8,
/// Copy/README.md 3.2).
public struct Tagger: Sendable {
  /// The map from the encoder's outputs to tag scores, `[tags, inputs]`.
  public let emissions: Linear
  /// The transitions, and the scores of first and last tags.
  public let chain: CRFParameters

  /// Declares `name.emission` and `name.crf`, the latter uniform in ±0.1.
  ///
  /// - Parameter ends: whether the CRF scores first and last tags (Models/README.md D10).
  public init(
    _ name: String, inputs: Int, tags: Int, ends: Bool, in layout: inout ParameterLayout
  ) {
    let start = Initializer.uniform(bound: 0.1)
    emissions = Linear("\(name).emission", inputs: inputs, outputs: tags, in: &layout)
    chain = CRFParameters(
      transitions: layout.declare("\(name).crf.transitions", rows: tags, columns: tags, start),
      start: ends ? layout.declare("\(name).crf.start", columns: tags, start, decays: false) : nil,
      end: ends ? layout.declare("\(name).crf.end", columns: tags, start, decays: false) : nil)
  }

  /// Adds the negative log-likelihood of the gold tags to `loss`; `x [tokens, in]`.
  public func addLoss(
    _ x: Variable, gold: [[Int]], layout: SequenceLayout, to loss: LossTerm, on tape: Tape
  ) {
    tape.addCRFLoss(emissions(x, on: tape), chain, gold: gold, layout: layout, to: loss)
  }

  /// The best tags of each sentence, one for each token, and where they are asked for the probabilities of tags.
  ///
  /// - Parameters:
  ///   - forbidden: pairs of tags (from, to) without a transition; a `nil` from is the start.
  ///   - scoring: whether probabilities are asked for.
  public func bestTags(
    _ x: Variable, layout: SequenceLayout, forbidden: [(from: Int?, to: Int)] = [],
    scoring: Bool, on tape: Tape
  ) -> (tags: [[Int]], marginals: [ChainMarginals]?) {
    let scores = emissions(x, on: tape)
    let paths = tape.bestPaths(scores, chain, layout: layout, forbidden: forbidden)
    let marginals =
      scoring ? tape.marginals(scores, chain, layout: layout, forbidden: forbidden) : nil
    return (paths.map(\.tags), marginals)
  }
}
