import Collectives

/// Finds ranks that compute more slowly than the others. Each rank adds up how long its steps took, without
/// the wait for other ranks; now and then the ranks exchange their times of a step and of a unit of cost, such as
/// a token. Times are those of all steps together, since a rank that is held up only now and then has most of
/// its steps in time.
struct Stragglers {
  /// A comparison of all ranks.
  struct Report {
    /// The mean of a step's own time, rank by rank.
    let seconds: [Double]
    /// The ranks that are slow and were not in the report before; `times` is the ratio of a rank's time for
    /// a unit of cost to that of the others.
    let named: [(rank: Int, times: Double)]
  }

  /// The forward and backward time of some steps.
  private struct Work {
    var seconds = 0.0
    var cost = 0.0
    /// Seconds of a unit of cost; 0 where there is none.
    var ofUnit: Double { cost > 0 ? seconds / cost : 0 }
  }

  private let factor: Double
  private var (steps, seconds) = (0, 0.0)
  private var work = Work()
  /// The work of the step that was slowest for its cost.
  private var slowest = Work()
  /// Whether each rank took too long in the last report, and whether it was slow.
  private var standings: [(isOver: Bool, isSlow: Bool)]

  init(ranks: Int, factor: Double) {
    self.factor = factor
    standings = .init(repeating: (false, false), count: ranks)
  }

  /// Takes down the seconds of a step of this rank and the cost of its sentences.
  mutating func add(_ phases: [Phase: Double], cost: Int) {
    steps += 1
    seconds += phases.reduce(0) { $0 + ($1.key == .reduction ? 0 : $1.value) }
    guard cost > 0 else { return }
    let step = Work(
      seconds: phases[.forward, default: 0] + phases[.backward, default: 0], cost: Double(cost))
    work.seconds += step.seconds
    work.cost += step.cost
    if step.ofUnit > slowest.ofUnit { slowest = step }
  }

  /// The account that this rank gives of its steps since the last one: the mean seconds of a step, and the
  /// seconds of a unit of cost, over all steps and without the slowest.
  mutating func account() -> (step: Double, unit: Double, unitWithoutSlowest: Double) {
    defer { ((steps, seconds), work, slowest) = ((0, 0), Work(), Work()) }
    let rest = Work(seconds: work.seconds - slowest.seconds, cost: work.cost - slowest.cost)
    return (steps > 0 ? seconds / Double(steps) : 0, work.ofUnit, rest.ofUnit)
  }

  /// Exchanges the accounts of the steps since the last report; called by every rank.
  mutating func report(on session: borrowing Session) throws(MPIError) -> Report {
    let (own, size) = (account(), session.size)
    var all = [Double](repeating: 0, count: 3 * size)
    (all[session.rank], all[size + session.rank]) = (own.step, own.unit)
    all[2 * size + session.rank] = own.unitWithoutSlowest
    all = try session.sum(all)
    return Report(
      seconds: Array(all[..<size]),
      named: judge(Array(all[size..<2 * size]), withoutSlowest: Array(all[(2 * size)...])))
  }

  /// The ranks that have become slow. A single step does not make a rank slow, for a busy machine has its
  /// hiccups: half of the excess must remain without the rank's slowest step, or the rank must have taken too
  /// long in the report before, too.
  ///
  /// - Parameters:
  ///   - times: seconds of a unit of cost, rank by rank; 0 where a rank had none.
  ///   - rest: the same, without the slowest step of each rank.
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

  /// The ratio of a rank's time to the median of the others; 0 where there are no others.
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
