import Glibc
import Kernels
import Tensors

/// The parameters of a linear-chain CRF over L tags (models.md 1.8).
public struct CRFParameters: Sendable {
  /// `A`, `[L, L]`, from row to column.
  public let transitions: Parameter
  /// `s`, `[1, L]`; scores of the first tag, where the chain has them.
  public let start: Parameter?
  /// `e`, `[1, L]`; scores of the last tag, likewise.
  public let end: Parameter?

  public init(transitions: Parameter, start: Parameter?, end: Parameter?) {
    self.transitions = transitions
    self.start = start
    self.end = end
  }

  public var tags: Int { transitions.columns }
}

extension Tape {
  /// Adds `log Z − score(gold)` of each sentence to `loss`, from the forward and backward recursions in
  /// log space.
  ///
  /// - Parameters:
  ///   - emissions: `φ`, `[tokens, L]`, laid out as `layout` says.
  ///   - gold: the tags of each sentence.
  public func addCRFLoss(
    _ emissions: Variable, _ parameters: CRFParameters, gold: [[Int]], layout: PackedLayout,
    to loss: LossSum
  ) {
    let chain = CRFChain(parameters, tape: self)
    precondition(gold.map(\.count) == layout.lengths, "gold tags of other sentences")
    precondition(
      emissions.value.rows == layout.rows && emissions.value.columns == chain.tags,
      "scores of \(emissions.value.columns) tags for \(chain.tags)")
    let lattices = (0..<layout.sentences).map { sentence in
      let phi = layout.rows(ofSentence: sentence).map { emissions.value.row($0) }
      let lattice = CRFLattice(chain, emissions: phi)
      loss.add(
        lattice.logPartition - chain.score(of: gold[sentence], emissions: phi), sentence: sentence)
      return lattice
    }
    record { gradients in
      let sums = (
        gradients.sums(for: parameters.transitions),
        parameters.start.map { gradients.sums(for: $0) },
        parameters.end.map { gradients.sums(for: $0) }
      )
      for (sentence, lattice) in lattices.enumerated() {
        let shard = gradients.shard(ofSentence: sentence)
        lattice.addGradient(
          chain, gold: gold[sentence], scale: loss.gradientScale,
          emissions: layout.rows(ofSentence: sentence).map { emissions.gradient.row($0) },
          transitions: sums.0[shard], start: sums.1?[shard], end: sums.2?[shard])
      }
    }
  }

  /// The best path of each sentence and its score (Viterbi); on ties the lowest previous tag and the
  /// lowest last tag.
  ///
  /// - Parameter forbidden: pairs of tags (from, to) that may not follow each other; a `nil` from
  ///   stands for the start of the sentence.
  public func bestPaths(
    _ emissions: Variable, _ parameters: CRFParameters, layout: PackedLayout,
    forbidden: [(from: Int?, to: Int)] = []
  ) -> [(tags: [Int], score: Float)] {
    var chain = CRFChain(parameters, tape: self)
    precondition(
      emissions.value.rows == layout.rows && emissions.value.columns == chain.tags,
      "scores of \(emissions.value.columns) tags for \(chain.tags)")
    for (from, to) in forbidden { chain.forbid(from: from, to: to) }
    return (0..<layout.sentences).map { sentence in
      chain.bestPath(
        emissions: layout.rows(ofSentence: sentence).map { emissions.value.row($0) })
    }
  }
}

/// The scores of a chain, read once from the parameters.
private struct CRFChain {
  typealias Scores = UnsafeMutablePointer<Float>

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

  func score(of path: [Int], emissions: [Scores]) -> Float {
    var score = start[path[0]] + end[path[path.count - 1]]
    for (i, tag) in path.enumerated() { score += emissions[i][tag] }
    for (from, to) in zip(path, path.dropFirst()) { score += transition(from, to) }
    return score
  }

  func bestPath(emissions: [Scores]) -> (tags: [Int], score: Float) {
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

/// The forward scores `a`, the backward scores `b` and `log Z` of one sentence.
private struct CRFLattice {
  /// `a_i[j]` and `b_i[j]`, tag by tag of each token.
  let forward: [Float]
  let backward: [Float]
  let emissionScores: [Float]
  let logPartition: Float

  init(_ chain: CRFChain, emissions: [CRFChain.Scores]) {
    let (n, tags) = (emissions.count, chain.tags)
    var a = [Float](repeating: 0, count: n * tags)
    var b = [Float](repeating: 0, count: n * tags)
    for tag in 0..<tags {
      a[tag] = chain.start[tag] + emissions[0][tag]
      b[(n - 1) * tags + tag] = chain.end[tag]
    }
    for i in 1..<max(n, 1) {
      for to in 0..<tags {
        a[i * tags + to] =
          emissions[i][to]
          + logSumExp(tags) { a[(i - 1) * tags + $0] + chain.transition($0, to) }
      }
    }
    for i in stride(from: n - 2, through: 0, by: -1) {
      for from in 0..<tags {
        b[i * tags + from] = logSumExp(tags) {
          chain.transition(from, $0) + emissions[i + 1][$0] + b[(i + 1) * tags + $0]
        }
      }
    }
    logPartition = logSumExp(tags) { a[(n - 1) * tags + $0] + chain.end[$0] }
    forward = a
    backward = b
    emissionScores = emissions.flatMap { phi in (0..<tags).map { phi[$0] } }
  }

  /// Adds `scale · (marginals − gold counts)` to the gradients of emissions and parameters.
  func addGradient(
    _ chain: CRFChain, gold: [Int], scale: Float, emissions: [CRFChain.Scores],
    transitions: Matrix, start: Matrix?, end: Matrix?
  ) {
    let tags = chain.tags
    for i in 0..<gold.count {
      for tag in 0..<tags {
        let at = i * tags + tag
        let marginal = exponential(forward[at] + backward[at] - logPartition)
        let d = scale * (marginal - (gold[i] == tag ? 1 : 0))
        emissions[i][tag] += d
        if i == 0, let start { start[0, tag] += d }
        if i == gold.count - 1, let end { end[0, tag] += d }
        guard i > 0 else { continue }
        for from in 0..<tags {
          let pair = exponential(
            forward[at - tag - tags + from] + chain.transition(from, tag)
              + emissionScores[at] + backward[at] - logPartition)
          transitions[from, tag] +=
            scale * (pair - (gold[i - 1] == from && gold[i] == tag ? 1 : 0))
        }
      }
    }
  }
}

/// `log Σ_k exp(term(k))`, the largest term taken out first.
private func logSumExp(_ count: Int, _ term: (Int) -> Float) -> Float {
  var largest = -Float.infinity
  for k in 0..<count { largest = max(largest, term(k)) }
  var sum: Float = 0
  for k in 0..<count { sum += exponential(term(k) - largest) }
  return largest + logf(sum)
}
