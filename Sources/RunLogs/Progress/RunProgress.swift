import Foundation

/// How far a run is, told by the lines of its log as they come.
package struct RunProgress: Sendable {
  /// The last start.
  package private(set) var start: StartEntry?
  /// The best score so far.
  package private(set) var best: Double?
  private var began: Date?
  private var timeLeft: TimeLeft?
  private var tally = EpochTally(epoch: 0, names: [])
  private var last: StepEntry?

  package init() {}

  /// Takes down a line.
  ///
  /// - Returns: the epoch that has ended with it, if one has.
  package mutating func add(_ entry: RunLogEntry) -> EpochRow? {
    switch entry.content {
    case .start(let start):
      self = RunProgress()
      (self.start, best, began) = (start, start.bestF1, entry.time)
      timeLeft = start.schedule.map { TimeLeft($0, from: start.step) }
    case .step(let step): return add(step, at: entry.time)
    case .evaluation(let evaluation):
      best = max(best ?? 0, evaluation.f1)
      timeLeft?.add(evaluation)
      guard last?.epoch == evaluation.epoch else { return nil }
      return row(evaluation, at: entry.time)
    default: break
    }
    return nil
  }

  private mutating func add(_ step: StepEntry, at time: Date?) -> EpochRow? {
    if last?.epoch != step.epoch {
      tally = EpochTally(epoch: step.epoch, names: start?.objective ?? [])
    }
    tally.add(step)
    last = step
    if let time { timeLeft?.add(step, at: time) }
    guard let schedule = start?.schedule, step.step % schedule.stepsPerEpoch == 0,
      !schedule.evaluates(after: step.epoch + 1)
    else { return nil }
    return row(nil, at: time)
  }

  private func row(_ scores: EvaluationEntry?, at time: Date?) -> EpochRow {
    let elapsed = time.flatMap { time in began.map { time.timeIntervalSince($0) } }
    return EpochRow(tally, epochs: start?.schedule?.epochs, scores, elapsed: elapsed)
  }

  /// Seconds to the end of the last epoch; `nil` where that is not known.
  package var secondsLeft: Double? { timeLeft?.seconds }

  /// The line of the last update; `nil` before the first one.
  ///
  /// - Parameter activity: what the run does in place of a step.
  package func line(activity: String? = nil) -> ProgressLine? {
    guard let last else { return nil }
    let schedule = start?.schedule
    let done = schedule.map { last.step - last.epoch * $0.stepsPerEpoch } ?? 0
    return ProgressLine(
      epoch: "\(last.epoch + 1)" + (schedule.map { "/\($0.epochs)" } ?? ""),
      share: schedule.map { min(1, max(0, Double(done) / Double($0.stepsPerEpoch))) } ?? 0,
      step: "step \(last.step)" + (schedule.map { "/\($0.steps)" } ?? ""),
      losses: last.losses.ordered(by: start?.objective ?? []),
      sentencesPerSecond: last.sentencesPerSecond, best: best, left: timeLeft?.seconds,
      activity: activity)
  }
}
