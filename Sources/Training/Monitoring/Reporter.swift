/// Brings reports to the user and to the run log; any thread may call it. Speaks on rank 0 alone, unless
/// ``tellFromAnyRank(_:)`` is called.
struct Reporter: Sendable {
  private let voice: RunVoice
  private let isFirst: Bool
  /// On rank 0 alone, once it is open.
  private var log: RunLog?

  /// - Parameter isFirst: whether this is rank 0.
  init(_ voice: RunVoice, isFirst: Bool) { (self.voice, self.isFirst) = (voice, isFirst) }

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

  /// Tells a report on rank 0; the others do not even make it.
  func tell(_ report: @autoclosure () -> Report) {
    if isFirst { tellFromAnyRank(report()) }
  }

  /// Tells a report on the rank of the caller. A warning is printed before the log is written, whose disk
  /// may hang; a line is printed after.
  func tellFromAnyRank(_ report: Report) {
    if case .warning(let problem) = report.message { voice.warn("warning: \(problem)") }
    log?.write(report.entry)
    switch report.message {
    case .line(let line): voice.say(line)
    case .progress(let line, let isMilestone):
      if let progress = voice.progress {
        progress(line)
      } else if isMilestone {
        voice.say(line)
      }
    case .warning, nil: break
    }
  }
}
