import Collectives

/// Finds ranks that compute more slowly than the others. Each collects how long its steps took without
/// waiting for the others; now and then they exchange the medians.
struct Stragglers {
  /// What the ranks have learnt of each other.
  struct Report {
    /// The median of a step's own time, rank by rank.
    let seconds: [Double]
    /// The ranks that are slow and were not so in the report before, with how many times as long as the
    /// others they take for a token.
    let named: [(rank: Int, times: Double)]
  }

  private let factor: Double
  private var steps: [Double] = []
  private var tokens: [Double] = []
  /// Whether each rank was slow in the last report.
  private var isSlow: [Bool]

  init(ranks: Int, factor: Double) {
    self.factor = factor
    isSlow = .init(repeating: false, count: ranks)
  }

  /// Takes down a step of this rank.
  mutating func add(_ seconds: [Phase: Double], tokens count: Int) {
    steps.append(seconds.reduce(0) { $0 + ($1.key == .reduction ? 0 : $1.value) })
    if count > 0 {
      let work = seconds[.forward, default: 0] + seconds[.backward, default: 0]
      tokens.append(work / Double(count))
    }
  }

  /// Exchanges the medians of the steps since the last report; called by every rank.
  mutating func report(on session: borrowing Session) throws(MPIError) -> Report {
    var own = [Double](repeating: 0, count: 2 * session.size)
    own[session.rank] = Self.median(steps)
    own[session.size + session.rank] = Self.median(tokens)
    steps.removeAll()
    tokens.removeAll()
    let all = try session.sum(own)
    return Report(
      seconds: Array(all[..<session.size]), named: judge(Array(all[session.size...])))
  }

  /// - Parameter times: of a token, rank by rank; 0 where a rank had none.
  mutating func judge(_ times: [Double]) -> [(rank: Int, times: Double)] {
    times.indices.compactMap { rank in
      let others = times.indices.filter { $0 != rank && times[$0] > 0 }.map { times[$0] }
      let ratio = others.isEmpty ? 0 : times[rank] / Self.median(others)
      let wasSlow = isSlow[rank]
      isSlow[rank] = ratio >= factor
      return isSlow[rank] && !wasSlow ? (rank, ratio) : nil
    }
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
