import Autodiff
import Foundation
import Tensors
import Testing

/// A chain over three tags with the numbers that its scores are made of.
struct Chain {
  var start: [Float]
  var end: [Float]
  var transitions: [Float]
  var emissions: [Float]

  var tokens: Int { emissions.count / 3 }

  /// The numeric check of Models/README.md 1.8; tags O, B, I.
  static let example = Chain(
    start: [0.2, 0.1, -1], end: [0, -0.3, 0.4],
    transitions: [0.3, 0.2, -2, -0.1, -0.5, 0.9, 0.4, -0.6, 0.5],
    emissions: [0.5, 1, -0.2, 0.1, -0.4, 0.8, 0.7, 0, 0.3])

  /// Scores that are multiples of 2⁻¹⁰, so that sums of a path's scores are exact.
  init(tokens: Int, seed: UInt64, magnitudes: ClosedRange<Float> = 0...2) {
    var numbers = Numbers(seed: seed)
    func draw(_ count: Int) -> [Float] { (0..<count).map { _ in numbers.next(magnitudes) } }
    (start, end, transitions, emissions) = (draw(3), draw(3), draw(9), draw(3 * tokens))
  }

  init(start: [Float], end: [Float], transitions: [Float], emissions: [Float]) {
    self.start = start
    self.end = end
    self.transitions = transitions
    self.emissions = emissions
  }

  /// What the tape makes of the chain with some gold path.
  func evaluate(gold: [Int]) -> Evaluation {
    var layout = ParameterLayout()
    let parameters = CRFParameters(
      transitions: layout.declare("A", rows: 3, columns: 3, .zeros),
      start: layout.declare("s", columns: 3, .zeros), end: layout.declare("e", columns: 3, .zeros))
    let (values, gradients) = (Slab(count: layout.count), Slab(count: layout.count))
    for (i, value) in (transitions + start + end).enumerated() { values.buffer[i] = value }
    let tape = Tape(parameters: values, mode: .oneShard)
    let packed = SequenceLayout(lengths: [tokens])
    let phi = tape.variable(tape.pool.matrix(tokens, 3, emissions), rows: packed.tokenRows)
    let loss = LossTerm("CRF", weight: 1, sentences: 1)
    tape.addCRFLoss(phi, parameters, gold: [gold], layout: packed, to: loss)
    loss.gradientScale = 1
    tape.collected().add(to: gradients)
    let best = tape.bestPaths(phi, parameters, layout: packed)[0]
    return Evaluation(
      loss: loss.sum, emissionGradient: phi.gradient.elements,
      parameterGradient: Array(gradients.buffer), path: best.tags, score: best.score)
  }

  struct Evaluation {
    let loss: Double
    let emissionGradient: [Float]
    /// Of the transitions, the start and the end scores.
    let parameterGradient: [Float]
    let path: [Int]
    let score: Float
  }

  func score(of path: [Int]) -> Double {
    var score = Double(start[path[0]]) + Double(end[path[tokens - 1]])
    for (i, tag) in path.enumerated() { score += Double(emissions[3 * i + tag]) }
    for (from, to) in zip(path, path.dropFirst()) { score += Double(transitions[3 * from + to]) }
    return score
  }

  /// All paths in the order in which ties are won: the lowest last tag first, then the lowest tag
  /// before it, and so on.
  var paths: [[Int]] {
    (0..<Int(pow(3, Double(tokens)))).map { number in
      var digits: [Int] = []
      var rest = number
      for _ in 0..<tokens {
        digits.append(rest % 3)
        rest /= 3
      }
      return digits
    }.sorted { a, b in a.reversed().lexicographicallyPrecedes(b.reversed()) }
  }
}

/// What enumeration of all paths says of a chain.
private struct Enumeration {
  let logPartition: Double
  /// Of each token and tag.
  let marginals: [Double]
  /// Expected number of times that each transition is taken.
  let transitionCounts: [Double]
  let best: [Int]

  init(_ chain: Chain) {
    let (paths, scores) = (chain.paths, chain.paths.map { chain.score(of: $0) })
    let largest = scores.reduce(-.infinity, max)
    let logZ = largest + log(scores.reduce(0) { $0 + exp($1 - largest) })
    var marginals = [Double](repeating: 0, count: 3 * chain.tokens)
    var counts = [Double](repeating: 0, count: 9)
    for (path, score) in zip(paths, scores) {
      let probability = exp(score - logZ)
      for (i, tag) in path.enumerated() { marginals[3 * i + tag] += probability }
      for (from, to) in zip(path, path.dropFirst()) { counts[3 * from + to] += probability }
    }
    logPartition = logZ
    self.marginals = marginals
    transitionCounts = counts
    best = paths[scores.firstIndex(of: largest) ?? 0]
  }
}

@Suite("Linear-chain CRF")
struct CRFTests {
  @Test("the numbers of Models/README.md 1.8")
  func numbers() {
    let result = Chain.example.evaluate(gold: [1, 2, 0])
    #expect(abs(Chain.example.score(of: [1, 2, 0]) - 3.9) < 1e-6)
    #expect(abs(result.loss - 1.230397) < 2e-6)
    #expect(abs(result.loss + 3.9 - 5.130397) < 2e-6)
    #expect(result.path == [1, 2, 2])
    #expect(abs(result.score - 4) < 1e-6)
    let marginals: [Float] = [
      0.163805, 0.776025, 0.060170, 0.149871, 0.127366, 0.722762, 0.459289, 0.086390, 0.454322,
    ]
    for (i, marginal) in marginals.enumerated() {
      let gold: Float = [1, 5, 6].contains(i) ? 1 : 0
      #expect(abs(result.emissionGradient[i] + gold - marginal) < 2e-6)
    }
  }

  @Test("partition, marginals and best path are those of all paths", arguments: 1...6, 1...4)
  func enumeration(tokens: Int, seed: Int) {
    let chain = Chain(tokens: tokens, seed: UInt64(seed))
    let truth = Enumeration(chain)
    let gold = (0..<tokens).map { (seed + $0 * $0) % 3 }
    let result = chain.evaluate(gold: gold)
    // Sums of size 20 in float32 are off by a few 10⁻⁶.
    #expect(abs(result.loss - (truth.logPartition - chain.score(of: gold))) < 1e-5)
    #expect(result.path == truth.best)
    #expect(Double(result.score) == chain.score(of: truth.best))
    var expected = truth.transitionCounts + truth.marginals.prefix(3) + truth.marginals.suffix(3)
    for (from, to) in zip(gold, gold.dropFirst()) { expected[3 * from + to] -= 1 }
    expected[9 + gold[0]] -= 1
    expected[12 + gold[tokens - 1]] -= 1
    for (analytic, value) in zip(result.parameterGradient, expected) {
      #expect(abs(Double(analytic) - value) < 1e-5)
    }
    for (i, analytic) in result.emissionGradient.enumerated() {
      let value = truth.marginals[i] - (gold[i / 3] == i % 3 ? 1 : 0)
      #expect(abs(Double(analytic) - value) < 1e-5)
    }
  }

  @Test("on ties the lowest last tag wins, then the lowest before it", arguments: 1...6, 1...8)
  func ties(tokens: Int, seed: Int) {
    // Scores 0 and ±1 alone: many paths tie.
    var chain = Chain(tokens: tokens, seed: UInt64(seed), magnitudes: 0...1)
    func rounded(_ scores: [Float]) -> [Float] { scores.map { $0.rounded() } }
    chain.start = rounded(chain.start)
    chain.end = rounded(chain.end)
    chain.transitions = rounded(chain.transitions)
    chain.emissions = rounded(chain.emissions)
    let gold = [Int](repeating: 0, count: tokens)
    #expect(chain.evaluate(gold: gold).path == Enumeration(chain).best)
    let zeros = [Float](repeating: 0, count: 9)
    let flat = Chain(
      start: [0, 0, 0], end: [0, 0, 0], transitions: zeros,
      emissions: [Float](repeating: 0, count: 3 * tokens))
    #expect(flat.evaluate(gold: gold).path == gold)
  }

  @Test("scores of ±10⁴ give finite losses, and gradients between −1 and 1", arguments: 1...6)
  func extremes(seed: Int) {
    let chain = Chain(tokens: 6, seed: UInt64(seed), magnitudes: 5e3...1e4)
    let truth = Enumeration(chain)
    let gold = [0, 1, 2, 2, 0, 1]
    let result = chain.evaluate(gold: gold)
    #expect(abs(result.loss / (truth.logPartition - chain.score(of: gold)) - 1) < 1e-5)
    #expect(result.path == truth.best)
    for (i, analytic) in result.emissionGradient.enumerated() {
      let value = truth.marginals[i] - (gold[i / 3] == i % 3 ? 1 : 0)
      #expect(abs(Double(analytic) - value) < 0.02)
    }
    for gradient in result.parameterGradient { #expect(abs(gradient) <= 5.1) }
  }

  @Test("forbidden transitions are never taken, though their scores are the best")
  func forbidden() {
    let chain = Chain(
      start: [0, 0, 5], end: [0, 0, 0], transitions: [0, 0, 9, 0, 0, 1, 0, 0, 1],
      emissions: [1, 0, 2, 1, 0, 2, 0, 0, 3])
    #expect(chain.evaluate(gold: [0, 0, 0]).path == Enumeration(chain).best)
    var layout = ParameterLayout()
    let parameters = CRFParameters(
      transitions: layout.declare("A", rows: 3, columns: 3, .zeros),
      start: layout.declare("s", columns: 3, .zeros), end: nil)
    let values = Slab(count: layout.count)
    for (i, value) in (chain.transitions + chain.start).enumerated() { values.buffer[i] = value }
    let tape = Tape(parameters: values)
    let phi = tape.variable(
      tape.pool.matrix(3, 3, chain.emissions), rows: RowMap(sentence: 0, count: 3))
    let forbidden: [(from: Int?, to: Int)] = [(nil, 2), (0, 2)]
    let best = tape.bestPaths(
      phi, parameters, layout: SequenceLayout(lengths: [3]), forbidden: forbidden)[0]
    let allowed = chain.paths.filter { path in
      path[0] != 2 && !zip(path, path.dropFirst()).contains { $0 == 0 && $1 == 2 }
    }
    let scores = allowed.map { chain.score(of: $0) }
    let largest = scores.reduce(-.infinity, max)
    #expect(best.tags == allowed[scores.firstIndex(of: largest) ?? 0])
    #expect(Double(best.score) == largest)
  }

  @Test("a sentence's loss does not depend on what else is in the batch")
  func batch() {
    var layout = ParameterLayout()
    let parameters = CRFParameters(
      transitions: layout.declare("A", rows: 3, columns: 3, .zeros), start: nil, end: nil)
    let values = Slab(count: layout.count)
    var numbers = Numbers(seed: 3)
    for i in 0..<9 { values.buffer[i] = numbers.next(0...2) }
    let tape = Tape(parameters: values)
    let packed = SequenceLayout(lengths: [5, 3, 1])
    let elements = (0..<27).map { _ in numbers.next(0...2) }
    let gold = [[0, 1, 2, 2, 0], [2, 0, 1], [1]]
    let together = LossTerm("together", weight: 1, sentences: 3)
    tape.addCRFLoss(
      tape.variable(tape.pool.matrix(9, 3, elements), rows: packed.tokenRows), parameters,
      gold: gold, layout: packed, to: together)
    for sentence in 0..<3 {
      let rows = packed.rows(ofSentence: sentence)
      let own = rows.flatMap { elements[3 * $0..<3 * $0 + 3] }
      let alone = LossTerm("alone", weight: 1, sentences: 1)
      tape.addCRFLoss(
        tape.variable(
          tape.pool.matrix(rows.count, 3, own), rows: RowMap(sentence: 0, count: rows.count)),
        parameters, gold: [gold[sentence]], layout: SequenceLayout(lengths: [rows.count]),
        to: alone)
      #expect(alone.sum == together.perSentence[sentence])
    }
  }
}
