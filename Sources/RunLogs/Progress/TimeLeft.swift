import Foundation

/// The time that a run still takes, by the speed of its process so far.
///
/// What is left is cost of sentences to train on, evaluations, and turns from one epoch to the next, in which
/// checkpoints are made. Steps take, by their cost, what the later half of this process's steps took, or the last
/// hundred where these are more, without the first three, which touch their memory for the first time. An evaluation
/// takes what the later half of them took, and so does a turn, which has the seconds that neither its step nor its
/// evaluation accounts for. So an evaluation that grows with what a model finds enters the estimate. Until the first
/// evaluation one is taken to cost what the forward phase takes for its sentences, and until the first turn one is
/// taken to cost nothing. Patience, which may end a run earlier, is left out.
package struct TimeLeft: Sendable {
  private let schedule: RunSchedule
  private var steps = RecentMean(least: 100, slowStart: 3)
  private var forward = RecentMean(least: 100, slowStart: 3)
  private var evaluations = RecentMean()
  private var turns = RecentMean()

  /// The last update, and the epoch that it belongs to, from 0.
  private var (step, epoch): (Int, Int)
  /// The cost of that epoch's updates so far.
  private var spent: Double
  /// Epochs whose evaluation is past, and those after which a step has followed.
  private var (evaluated, turned): (Int, Int)
  /// The time of the last step, and the seconds of evaluations since.
  private var last: (time: Date, evaluations: Double)?

  /// - Parameter step: updates that were done when the process began.
  package init(_ schedule: RunSchedule, from step: Int = 0) {
    self.schedule = schedule
    self.step = step
    epoch = step / schedule.stepsPerEpoch
    (evaluated, turned) = (epoch, epoch)
    let share = Double(step % schedule.stepsPerEpoch) / Double(schedule.stepsPerEpoch)
    spent = share * Double(schedule.epochCost)
  }

  /// Takes down an update.
  ///
  /// - Parameter time: when it ended.
  package mutating func add(_ entry: StepEntry, at time: Date) {
    let cost = entry.cost.map(Double.init) ?? meanCost
    let isTurn = entry.epoch > epoch
    if isTurn { (epoch, spent, turned) = (entry.epoch, 0, entry.epoch) }
    evaluated = max(evaluated, epoch)
    let rest = last.map {
      max(0, time.timeIntervalSince($0.time) - $0.evaluations - entry.duration)
    }
    if let rest, isTurn { turns.add(rest) }
    steps.add(entry.duration + (isTurn ? 0 : rest ?? 0), per: cost)
    forward.add(entry.seconds["forward"] ?? 0, per: cost)
    step = entry.step
    spent += cost
    last = (time, 0)
  }

  /// Takes down an evaluation.
  package mutating func add(_ entry: EvaluationEntry) {
    evaluations.add(entry.seconds)
    evaluated = max(evaluated, entry.epoch + 1)
    last?.evaluations += entry.seconds
  }

  /// The seconds from the last event to the end of the last epoch; `nil` before the first step.
  package var seconds: Double? {
    guard let rate = steps.value else { return nil }
    let evaluation =
      evaluations.value ?? Double(schedule.developmentCost) * (forward.value ?? 0)
    let turnsLeft = max(0, schedule.steps / schedule.stepsPerEpoch - turned)
    return rate * costLeft + evaluation * Double(schedule.evaluations(after: evaluated))
      + (turns.value ?? 0) * Double(turnsLeft)
  }

  private var meanCost: Double { Double(schedule.epochCost) / Double(schedule.stepsPerEpoch) }

  /// The cost of the updates to come: what is left of this epoch, and the mean for each update after it.
  private var costLeft: Double {
    let end = min(schedule.steps, (epoch + 1) * schedule.stepsPerEpoch)
    guard step < end else { return Double(schedule.steps - step) * meanCost }
    let inEpoch = (epoch + 1) * schedule.stepsPerEpoch - step
    let ofEpoch = max(0, Double(schedule.epochCost) - spent) / Double(inEpoch)
    return ofEpoch * Double(end - step) + Double(schedule.steps - end) * meanCost
  }
}

/// The mean of the later half of some amounts.
private struct RecentMean {
  /// Amounts that count in any case, the last ones, where there are so many.
  private let least: Int
  /// First amounts that do not count once there are as many others.
  private let slowStart: Int
  /// Sums over the first amounts, by their number.
  private var sums: [(seconds: Double, units: Double)] = [(0, 0)]

  init(least: Int = 1, slowStart: Int = 0) { (self.least, self.slowStart) = (least, slowStart) }

  /// Adds so many seconds, which so many units took.
  mutating func add(_ seconds: Double, per units: Double = 1) {
    let before = sums[sums.count - 1]
    sums.append((before.seconds + seconds, before.units + units))
  }

  /// Seconds of a unit; `nil` where there is none.
  var value: Double? {
    let count = sums.count - 1
    let left = max(0, count - max(least, (count + 1) / 2))
    let (first, last) = (sums[count < 2 * slowStart ? left : max(left, slowStart)], sums[count])
    return last.units > first.units
      ? (last.seconds - first.seconds) / (last.units - first.units) : nil
  }
}
