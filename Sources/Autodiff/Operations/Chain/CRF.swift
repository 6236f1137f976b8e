import Kernels
import Tensors

/// The parameters of a linear-chain CRF over L tags (Models/README.md 1.8).
public struct CRFParameters: Sendable {
  /// `A`, `[L, L]`: the score of the column's tag after the row's tag.
  public let transitions: Parameter
  /// `s`, `[1, L]`: scores of the first tag; `nil` for zeros (Models/README.md D10).
  public let start: Parameter?
  /// `e`, `[1, L]`: scores of the last tag; `nil` for zeros.
  public let end: Parameter?

  /// Groups declared parameters into a chain.
  public init(transitions: Parameter, start: Parameter?, end: Parameter?) {
    self.transitions = transitions
    self.start = start
    self.end = end
  }

  /// The number of tags, L.
  public var tags: Int { transitions.columns }
}

extension Tape {
  /// Adds `log Z − score(gold)` of each sentence to `loss`, by the forward and backward recursions in log
  /// space.
  ///
  /// - Parameters:
  ///   - emissions: `φ`, `[tokens, L]`, in the rows of `layout`.
  ///   - gold: the tags of each sentence, one for each token.
  public func addCRFLoss(
    _ emissions: Variable, _ parameters: CRFParameters, gold: [[Int]], layout: SequenceLayout,
    to loss: LossTerm
  ) {
    precondition(gold.map(\.count) == layout.lengths, "gold tags of other sentences")
    check(emissions, parameters, layout)
    let chain = CRFChain(parameters, tape: self)
    let lattice = CRFLattice(emissions.value, parameters, layout: layout, tape: self)
    for (sentence, tags) in gold.enumerated() {
      let score = chain.score(of: tags, emissions.value, layout, sentence: sentence)
      loss.add(
        lattice.logPartition[sentence] - score, sentence: emissions.rows.sentence(of: sentence))
    }
    record { gradients in
      let sums = CRFSums(
        parameters, of: gradients, rows: emissions.rows, sentences: gold.count)
      lattice.addGradient(
        gold: gold, scale: loss.gradientScale, emissions: emissions.gradient, sums: sums)
    }
  }

  private func check(_ emissions: Variable, _ parameters: CRFParameters, _ layout: SequenceLayout) {
    precondition(
      emissions.value.rows == layout.rows && emissions.value.columns == parameters.tags,
      "scores of \(emissions.value.columns) tags for \(parameters.tags)")
  }

  /// The best path of each sentence and its score (Viterbi). Ties go to the lowest previous tag and the
  /// lowest last tag.
  ///
  /// - Parameter forbidden: pairs of tags (from, to) without a transition; a `nil` from is the start of
  ///   the sentence.
  public func bestPaths(
    _ emissions: Variable, _ parameters: CRFParameters, layout: SequenceLayout,
    forbidden: [(from: Int?, to: Int)] = []
  ) -> [(tags: [Int], score: Float)] {
    check(emissions, parameters, layout)
    let chain = CRFChain(parameters, forbidden: forbidden, tape: self)
    return (0..<layout.sentences).map { sentence in
      chain.bestPath(
        emissions: layout.rows(ofSentence: sentence).map { emissions.value.row($0) })
    }
  }

  /// The probabilities of each sentence's paths.
  ///
  /// - Parameter forbidden: pairs of tags that no path has, as in ``bestPaths(_:_:layout:forbidden:)``.
  public func marginals(
    _ emissions: Variable, _ parameters: CRFParameters, layout: SequenceLayout,
    forbidden: [(from: Int?, to: Int)] = []
  ) -> [ChainMarginals] {
    check(emissions, parameters, layout)
    let chain = CRFChain(parameters, forbidden: forbidden, tape: self)
    return (0..<layout.sentences).map { sentence in
      ChainMarginals(
        chain, emissions: layout.rows(ofSentence: sentence).map { emissions.value.row($0) })
    }
  }
}
