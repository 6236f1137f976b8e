import Glibc

/// The probabilities that a linear-chain CRF gives to tags of one sentence, in double precision
/// (Models/README.md 1.8).
public struct ChainMarginals: Sendable {
  private let chain: CRFChain
  /// `φ`, by token and tag.
  private let emissions: [[Double]]
  /// `a`, by token and tag.
  private let forward: [[Double]]
  /// `b`, by token and tag.
  private let backward: [[Double]]
  private let logPartition: Double

  /// - Parameter emissions: `φ`, a row a token, not empty.
  init(_ chain: CRFChain, emissions: [UnsafeMutablePointer<Float>]) {
    let tags = 0..<chain.tags
    let phi = emissions.map { row in tags.map { Double(row[$0]) } }
    var forward = [tags.map { Double(chain.start[$0]) + phi[0][$0] }]
    for (token, own) in phi.enumerated().dropFirst() {
      forward.append(
        tags.map { to in
          own[to]
            + logSumExp(tags.map { forward[token - 1][$0] + Double(chain.transition($0, to)) })
        })
    }
    let end = chain.end.map(Double.init)
    var backward = [end]
    for next in phi.dropFirst().reversed() {
      let last = backward[backward.count - 1]
      backward.append(
        tags.map { from in
          logSumExp(tags.map { Double(chain.transition(from, $0)) + next[$0] + last[$0] })
        })
    }
    (self.chain, self.emissions, self.forward) = (chain, phi, forward)
    self.backward = backward.reversed()
    logPartition = logSumExp(zip(forward[forward.count - 1], end).map { $0 + $1 })
  }

  /// The logarithm of the probability that the tokens from `start` on have these tags, whatever the others have.
  ///
  /// - Precondition: at least one tag, and a token for each.
  public func logProbability(of path: some Collection<Int>, from start: Int) -> Double {
    let tags = Array(path)
    var score = forward[start][tags[0]]
    for (place, (from, to)) in zip(tags, tags.dropFirst()).enumerated() {
      score += Double(chain.transition(from, to)) + emissions[start + place + 1][to]
    }
    return score + backward[start + tags.count - 1][tags[tags.count - 1]] - logPartition
  }
}

private func logSumExp(_ x: [Double]) -> Double {
  let largest = x.reduce(-.infinity, max)
  return largest + log(x.reduce(0) { $0 + exp($1 - largest) })
}
