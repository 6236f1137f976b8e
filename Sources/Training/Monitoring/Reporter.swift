import Foundation

/// Brings reports to the user and to the run log; any thread may call it. Speaks on rank 0 alone, unless
/// ``tellFromAnyRank(_:)`` is called.
struct Reporter: Sendable {
  private let voice: RunVoice
  private let display: RunDisplay
  private let isFirst: Bool
  /// On rank 0 alone, once it is open.
  private var log: RunLog?

  /// - Parameters:
  ///   - isFirst: whether this is rank 0.
  ///   - every: the option `log.every`.
  init(_ voice: RunVoice, isFirst: Bool, every: Int) {
    (self.voice, self.isFirst) = (voice, isFirst)
    display = RunDisplay(voice, every: every)
  }

  /// Opens the run log in a folder on rank 0; copies of this reporter from before do not write it.
  mutating func openLog(in folder: String, appending: Bool) throws(TrainingError) {
    guard isFirst else { return }
    log = try RunLog(folder: folder, appending: appending, warn: { [self] in warn($0) })
  }

  /// Writes the lines that the log could not take so far.
  func finishLog() throws(TrainingError) { try log?.finish() }

  /// Prints a line that the log does not keep.
  func say(_ line: String) {
    if isFirst { voice.say(line) }
  }

  /// Prints a warning that the log does not keep.
  func warn(_ problem: String) {
    if isFirst { voice.warn("warning: \(problem)") }
  }

  /// Shows that the run does something else than steps; the log does not keep it.
  func show(activity: String) {
    if isFirst { display.show(activity: activity) }
  }

  /// Tells a report on rank 0; the others do not even make it.
  func tell(_ report: @autoclosure () -> Report) {
    if isFirst { tellFromAnyRank(report()) }
  }

  /// Tells a report on the rank of the caller. A warning is printed before the log is written, whose disk
  /// may hang; all else is printed after.
  func tellFromAnyRank(_ report: Report) {
    let time = Date()
    if case .warning(let problem) = report.message { voice.warn("warning: \(problem)") }
    log?.write(report.entry, at: time)
    if isFirst { display.show(report.content, at: time) }
    if case .line(let line) = report.message { voice.say(line) }
  }
}
