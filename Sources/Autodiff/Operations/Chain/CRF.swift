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
    var chain = CRFChain(parameters, tape: self)
    for (from, to) in forbidden { chain.forbid(from: from, to: to) }
    return (0..<layout.sentences).map { sentence in
      chain.bestPath(
        emissions: layout.rows(ofSentence: sentence).map { emissions.value.row($0) })
    }
  }
}

/// A copy of a chain's parameters, with zeros for missing ones.
private struct CRFChain {
  let tags: Int
  private(set) var start: [Float]
  let end: [Float]
  private(set) var transitions: [Float]

  init(_ parameters: CRFParameters, tape: Tape) {
    let zeros = [Float](repeating: 0, count: parameters.tags)
    tags = parameters.tags
    start = parameters.start.map { tape.values($0).elements } ?? zeros
    end = parameters.end.map { tape.values($0).elements } ?? zeros
    transitions = tape.values(parameters.transitions).elements
  }

  func transition(_ from: Int, _ to: Int) -> Float { transitions[from * tags + to] }

  mutating func forbid(from: Int?, to: Int) {
    let never: Float = -1e9
    if let from { transitions[from * tags + to] = never } else { start[to] = never }
  }

  func score(
    of path: [Int], _ emissions: Matrix, _ layout: SequenceLayout, sentence: Int
  ) -> Float {
    var score = start[path[0]] + end[path[path.count - 1]]
    for (i, tag) in path.enumerated() {
      score += emissions.row(layout.row(sentence: sentence, position: i))[tag]
    }
    for (from, to) in zip(path, path.dropFirst()) { score += transition(from, to) }
    return score
  }

  func bestPath(emissions: [UnsafeMutablePointer<Float>]) -> (tags: [Int], score: Float) {
    var scores = (0..<tags).map { start[$0] + emissions[0][$0] }
    var origins: [[Int]] = []
    for phi in emissions.dropFirst() {
      var next = scores
      var origin = [Int](repeating: 0, count: tags)
      for to in 0..<tags {
        let reached = (0..<tags).map { scores[$0] + transition($0, to) }
        origin[to] = indexOfLargest(reached, count: tags)
        next[to] = reached[origin[to]] + phi[to]
      }
      scores = next
      origins.append(origin)
    }
    for tag in 0..<tags { scores[tag] += end[tag] }
    var path = [indexOfLargest(scores, count: tags)]
    let best = scores[path[0]]
    for origin in origins.reversed() { path.append(origin[path[path.count - 1]]) }
    return (path.reversed(), best)
  }
}
