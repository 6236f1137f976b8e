import Foundation

/// A run as its log tells it. A resumed run does again the steps after its checkpoint; the lines of those that it has
/// done before are superseded and left out.
package struct RecordedRun: Sendable {
  /// An update with the time of its line.
  package struct Step: Sendable {
    package let entry: StepEntry
    package let time: Date?
  }

  /// An evaluation with the time of its line.
  package struct Evaluation: Sendable {
    package let entry: EvaluationEntry
    package let time: Date?
  }

  /// The last start; `nil` where the log has none.
  package private(set) var start: StartEntry?
  package private(set) var steps: [Step] = []
  package private(set) var evaluations: [Evaluation] = []
  /// What the log says of ranks: comparisons, stragglers and stalls.
  package private(set) var ranks: [RunLogEntry] = []
  /// Why training ended; `nil` where it has not, or could not say so.
  package private(set) var ending: String?
  /// Updates whose lines are superseded.
  package private(set) var superseded = 0
  /// The times of the first line and of the last.
  package private(set) var (began, last): (Date?, Date?)
  /// How far the run is.
  package private(set) var progress = RunProgress()

  package init() {}

  /// Takes down a line.
  ///
  /// - Returns: the epoch that has ended with it, if one has.
  @discardableResult
  package mutating func add(_ entry: RunLogEntry) -> EpochRow? {
    (began, last) = (began ?? entry.time, entry.time ?? last)
    switch entry.content {
    case .start(let start):
      self.start = start
      ending = nil
      forget(after: start.step)
    case .step(let step): steps.append(Step(entry: step, time: entry.time))
    case .evaluation(let evaluation):
      evaluations.append(Evaluation(entry: evaluation, time: entry.time))
    case .ranks, .straggler, .stall: ranks.append(entry)
    case .end(let reason, _): ending = reason
    case .other: break
    }
    return progress.add(entry)
  }

  private mutating func forget(after step: Int) {
    let before = steps.count
    steps.removeAll { $0.entry.step > step }
    superseded += before - steps.count
    evaluations.removeAll { $0.entry.step > step }
    ranks.removeAll { $0.step ?? 0 > step }
  }

  /// The best evaluation; the earliest of equal ones.
  package var best: EvaluationEntry? {
    evaluations.map(\.entry).reduce(nil) { best, next in next.f1 > best?.f1 ?? -1 ? next : best }
  }

  /// Whether training came to its own end, so that nothing is to follow.
  package var isFinished: Bool { ending == "all epochs" || ending == "patience" }
}
