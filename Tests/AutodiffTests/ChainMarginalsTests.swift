import Autodiff
import Foundation
import Tensors
import Testing

@Suite("Marginals of a chain")
struct ChainMarginalsTests {
  /// The marginals of a chain and of a shorter one beside it, in one batch.
  private func marginals(
    _ chains: [Chain], forbidden: [(from: Int?, to: Int)] = []
  ) -> [ChainMarginals] {
    var layout = ParameterLayout()
    let parameters = CRFParameters(
      transitions: layout.declare("A", rows: 3, columns: 3, .zeros),
      start: layout.declare("s", columns: 3, .zeros), end: layout.declare("e", columns: 3, .zeros))
    let values = Slab(count: layout.count)
    let scores = chains[0].transitions + chains[0].start + chains[0].end
    for (i, value) in scores.enumerated() { values.buffer[i] = value }
    let tape = Tape(parameters: values)
    let packed = SequenceLayout(lengths: chains.map(\.tokens))
    let phi = tape.pool.zeros(packed.rows, 3)
    for (sentence, chain) in chains.enumerated() {
      for (position, row) in packed.rows(ofSentence: sentence).enumerated() {
        for tag in 0..<3 { phi[row, tag] = chain.emissions[3 * position + tag] }
      }
    }
    return tape.marginals(
      tape.variable(phi, rows: packed.tokenRows), parameters, layout: packed, forbidden: forbidden)
  }

  /// The probability that all paths of a chain, or those that `allows` them, have some tags.
  private func share(
    _ chain: Chain, _ tags: [Int], from start: Int, _ allows: ([Int]) -> Bool = { _ in true }
  ) -> Double {
    let paths = chain.paths.filter(allows)
    let largest = paths.map { chain.score(of: $0) }.max() ?? 0
    func sum(_ paths: [[Int]]) -> Double {
      paths.reduce(0) { $0 + exp(chain.score(of: $1) - largest) }
    }
    let having = paths.filter { Array($0[start..<start + tags.count]) == tags }
    return sum(having) / sum(paths)
  }

  @Test("of every span's tags they are those of all paths", arguments: 1...5, 1...3)
  func enumeration(tokens: Int, seed: UInt64) {
    let chain = Chain(tokens: tokens, seed: seed)
    var short = chain
    short.emissions = Array(Chain(tokens: 1, seed: seed + 9).emissions)
    let found = marginals([chain, short])
    for (chain, found) in zip([chain, short], found) {
      for path in chain.paths {
        for start in path.indices {
          for end in start..<path.count {
            let tags = Array(path[start...end])
            let share = share(chain, tags, from: start)
            #expect(abs(exp(found.logProbability(of: tags, from: start)) - share) < 1e-12)
          }
        }
      }
    }
  }

  @Test("paths that the decoder may not take have no part in them")
  func forbidden() {
    let chain = Chain(
      start: [0, 0, 5], end: [0, 1, 0], transitions: [0, 0, 9, 0, 0, 1, 0, 0, 1],
      emissions: [1, 0, 2, 1, 0, 2, 0, 0, 3])
    let found = marginals([chain], forbidden: [(nil, 2), (0, 2)])[0]
    let allows = { (path: [Int]) in
      path[0] != 2 && !zip(path, path.dropFirst()).contains { $0 == 0 && $1 == 2 }
    }
    for tags in [[0], [1], [2], [1, 2], [0, 2], [0, 0]] {
      for start in 0...3 - tags.count {
        let share = share(chain, tags, from: start, allows)
        #expect(abs(exp(found.logProbability(of: tags, from: start)) - share) < 1e-12)
      }
    }
    #expect(found.logProbability(of: [2], from: 0) < -1e8)
  }

  @Test("scores of ±10⁴ neither overflow nor lose a certain path")
  func extremes() {
    let chain = Chain(tokens: 5, seed: 2, magnitudes: 5e3...1e4)
    let found = marginals([chain])[0]
    for path in chain.paths {
      let share = share(chain, path, from: 0)
      #expect(abs(exp(found.logProbability(of: path, from: 0)) - share) < 1e-9)
    }
  }
}
