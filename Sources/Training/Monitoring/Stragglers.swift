import Collectives

/// Finds ranks that compute more slowly than the others. Each adds up how long its steps took without waiting
/// for the others; now and then they exchange what a step and a token took them on the whole, for who is held
/// up now and then may have most of its steps in time.
struct Stragglers {
  /// What the ranks have learnt of each other.
  struct Report {
    /// The mean of a step's own time, rank by rank.
    let seconds: [Double]
    /// The ranks that are slow and were not so in the report before, with how many times as long as the
    /// others they take for a token.
    let named: [(rank: Int, times: Double)]
  }

  /// What went into the tokens of some steps.
  private struct Work {
    var seconds = 0.0
    var tokens = 0.0
    /// Seconds; 0 where there is no token.
    var ofToken: Double { tokens > 0 ? seconds / tokens : 0 }
  }

  private let factor: Double
  private var (steps, seconds) = (0, 0.0)
  private var work = Work()
  /// That of the slowest step.
  private var slowest = Work()
  /// Whether each rank took too long in the last report, and whether it was slow.
  private var standings: [(isOver: Bool, isSlow: Bool)]

  init(ranks: Int, factor: Double) {
    self.factor = factor
    standings = .init(repeating: (false, false), count: ranks)
  }

  /// Takes down a step of this rank.
  mutating func add(_ phases: [Phase: Double], tokens count: Int) {
    steps += 1
    seconds += phases.reduce(0) { $0 + ($1.key == .reduction ? 0 : $1.value) }
    guard count > 0 else { return }
    let step = Work(
      seconds: phases[.forward, default: 0] + phases[.backward, default: 0], tokens: Double(count))
    work.seconds += step.seconds
    work.tokens += step.tokens
    if step.ofToken > slowest.ofToken { slowest = step }
  }

  /// What this rank tells the others of the steps since it was asked last: the mean of a step, and seconds for
  /// a token, over all steps and without the slowest.
  mutating func account() -> (step: Double, token: Double, tokenWithoutSlowest: Double) {
    defer { ((steps, seconds), work, slowest) = ((0, 0), Work(), Work()) }
    let rest = Work(seconds: work.seconds - slowest.seconds, tokens: work.tokens - slowest.tokens)
    return (steps > 0 ? seconds / Double(steps) : 0, work.ofToken, rest.ofToken)
  }

  /// Exchanges the accounts of the steps since the last report; called by every rank.
  mutating func report(on session: borrowing Session) throws(MPIError) -> Report {
    let (own, size) = (account(), session.size)
    var all = [Double](repeating: 0, count: 3 * size)
    (all[session.rank], all[size + session.rank]) = (own.step, own.token)
    all[2 * size + session.rank] = own.tokenWithoutSlowest
    all = try session.sum(all)
    return Report(
      seconds: Array(all[..<size]),
      named: judge(Array(all[size..<2 * size]), withoutSlowest: Array(all[(2 * size)...])))
  }

  /// A single step does not make a rank slow: a busy machine has its hiccups. Half of what it takes too long
  /// must remain without its slowest step, or it must have taken too long in the report before, too.
  ///
  /// - Parameters:
  ///   - times: of a token, rank by rank; 0 where a rank had none.
  ///   - rest: the same, each without its slowest step.
  mutating func judge(
    _ times: [Double], withoutSlowest rest: [Double]
  ) -> [(rank: Int, times: Double)] {
    times.indices.compactMap { rank in
      let before = standings[rank]
      let ratio = Self.ratio(times, rank)
      let isOver = ratio >= factor
      let isRepeated = before.isOver || Self.ratio(rest, rank) >= (1 + factor) / 2
      standings[rank] = (isOver, isOver && isRepeated)
      return standings[rank].isSlow && !before.isSlow ? (rank, ratio) : nil
    }
  }

  /// How many times as long as the others a rank takes; 0 where there are no others.
  private static func ratio(_ times: [Double], _ rank: Int) -> Double {
    let others = times.indices.filter { $0 != rank && times[$0] > 0 }.map { times[$0] }
    return others.isEmpty ? 0 : times[rank] / median(others)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
