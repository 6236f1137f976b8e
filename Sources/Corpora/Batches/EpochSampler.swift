import Randomness

/// A way of drawing training sentences (Models/README.md D18).
public enum Sampling: String, Codable, Sendable, CaseIterable {
  /// A fresh permutation each epoch: every sentence once.
  case permutation
  /// Each minibatch drawn with replacement, as in the programs of CopyRE and CopyMTL.
  case withReplacement = "with-replacement"
  /// The order of the file.
  case fileOrder = "file-order"
}

/// Draws the minibatches of an epoch from seed and epoch alone.
public struct EpochSampler: Sendable {
  /// The work that each training sentence makes, such as its tokens.
  public let costs: [Int]
  /// The seed of all permutations and draws.
  public let seed: UInt64
  /// Sentences of a minibatch, over all ranks.
  public let batchSize: Int
  /// Minibatches that are sorted by cost together; 1 leaves the order alone.
  public let pool: Int
  /// The way of drawing sentences.
  public let sampling: Sampling

  /// A sampler of sentences of these costs.
  ///
  /// - Precondition: `batchSize` and `pool` are positive.
  public init(costs: [Int], seed: UInt64, batchSize: Int, pool: Int, sampling: Sampling) {
    precondition(batchSize > 0 && pool > 0, "batches of \(batchSize), pools of \(pool)")
    self.costs = costs
    self.seed = seed
    self.batchSize = batchSize
    self.pool = pool
    self.sampling = sampling
  }

  /// The sentences of each minibatch of an epoch, by index; the last minibatch may be smaller.
  public func batches(epoch: Int) -> [[Int]] {
    guard pool > 1 else { return order(epoch: epoch).chunks(of: batchSize) }
    let shuffle = CounterRandom(seed: seed, purpose: "shuffle batches", epoch: epoch)
    var drawn = 0
    return order(epoch: epoch).chunks(of: batchSize * pool).flatMap { members in
      let sorted = members.enumerated().sorted {
        (costs[$0.element], $0.offset) < (costs[$1.element], $1.offset)
      }
      var batches = sorted.map(\.element).chunks(of: batchSize)
      for i in stride(from: batches.count - 1, to: 0, by: -1) {
        batches.swapAt(i, shuffle.integer(drawn, below: i + 1))
        drawn += 1
      }
      return batches
    }
  }

  private func order(epoch: Int) -> [Int] {
    let draws = CounterRandom(seed: seed, purpose: "order of sentences", epoch: epoch)
    switch sampling {
    case .permutation: return draws.permutation(costs.count)
    case .withReplacement:
      return costs.indices.map { draws.integer($0, below: costs.count) }
    case .fileOrder: return Array(costs.indices)
    }
  }
}

extension Array {
  /// Runs of `size` elements, the last one perhaps shorter.
  package func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
