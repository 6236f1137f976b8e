/// Cuts minibatches into shards, the units of work whose sums make the gradient. The rule depends on
/// sentences and the number of shards, never on the number of ranks.
public enum BatchPartition {
  /// Cuts a minibatch into `shards` shards of about equal cost; some may be empty.
  ///
  /// Sentences are ordered by cost, costliest first, and each goes where the middle of its cost falls
  /// when the whole cost is cut into equal runs: so a shard's sentences are alike. Runs are
  /// dealt to shards in bit-reversed order, so that neighbouring shards, which one rank takes, hold
  /// long and short sentences alike.
  ///
  /// - Parameter costs: the work of each sentence of the minibatch, such as its tokens.
  /// - Returns: positions in the minibatch for each shard, the costliest sentence first.
  /// - Precondition: `shards` is a power of two.
  public static func shards(of costs: [Int], count shards: Int) -> [[Int]] {
    precondition(shards > 0 && shards & (shards - 1) == 0, "\(shards) shards")
    let bits = shards.trailingZeroBitCount
    let total = max(costs.reduce(0, +), 1)
    let order = costs.indices.sorted { (-costs[$0], $0) < (-costs[$1], $1) }
    var result = [[Int]](repeating: [], count: shards)
    var before = 0
    for position in order {
      let middle = 2 * before + costs[position]
      let run = middle * shards / (2 * total)
      result[reversed(run, bits: bits)].append(position)
      before += costs[position]
    }
    return result
  }

  /// Cuts a list of sentences, in its order, into runs: each of as many sentences as have at most `rows` matrix rows
  /// together, but of one at least, and of at most `count` sentences.
  public static func runs(
    of sentences: [Int], rows limit: Int, count: Int = .max, rowsOf rows: (Int) -> Int
  ) -> [[Int]] {
    var (runs, total): ([[Int]], Int) = ([], 0)
    for sentence in sentences {
      let own = rows(sentence)
      if total + own > limit || runs.last.map({ $0.count == count }) ?? true {
        runs.append([])
        total = 0
      }
      runs[runs.count - 1].append(sentence)
      total += own
    }
    return runs
  }

  private static func reversed(_ value: Int, bits: Int) -> Int {
    (0..<bits).reduce(0) { $0 << 1 | (value >> $1) & 1 }
  }
}
