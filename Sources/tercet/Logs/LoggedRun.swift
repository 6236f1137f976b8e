import Foundation
import RunLogs

/// A run whose log is read, with its name among the others.
struct LoggedRun {
  let name: String
  let reader: RunLogReader
  private(set) var run = RecordedRun()

  /// - Parameter path: the run's folder or its log.
  init(_ path: String, name: String) throws(RunLogError) {
    self.name = name
    reader = try RunLogReader(path)
  }

  /// Takes in the lines that have come since the last call.
  ///
  /// - Parameters:
  ///   - isEnd: whether nothing more is waited for.
  ///   - body: called with each entry, and the epoch that has ended with it.
  mutating func readAll(
    isEnd: Bool, _ body: (RunLogEntry, EpochRow?, RecordedRun) -> Void = { _, _, _ in }
  ) throws(RunLogError) {
    for entry in try reader.read(isEnd: isEnd) {
      let row = run.add(entry)
      body(entry, row, run)
    }
  }

  /// Refuses a file without the start of a run.
  func refuseEmpty() throws(RunLogError) {
    if run.start == nil { throw reader.emptyError }
  }

  /// What is wrong with the log; `nil` for nothing.
  var warning: String? {
    let count = reader.badLines
    return count == 0
      ? nil
      : "warning: \(reader.path): \(count) line\(count == 1 ? " is" : "s are") no entry of a run log "
        + "and passed over, such as one that a crash left half-written"
  }

  /// The names of all losses of some runs, each once, in the order of their objectives.
  static func losses(of runs: [LoggedRun]) -> [String] {
    var names: [String] = []
    for run in runs {
      let known = run.run.start?.objective ?? []
      let found = (run.run.steps.last?.entry.losses ?? [:]).ordered(by: known).map(\.name)
      for name in (found.isEmpty ? known : found) where !names.contains(name) { names.append(name) }
    }
    return names
  }
}

extension LoggedRun {
  /// Seconds without a line after which a run is no longer called running.
  private static let silence = 600.0

  /// What has become of the run, in a word or two.
  ///
  /// - Parameter now: the time by which it is judged.
  func state(at now: Date) -> String {
    if run.isFinished { return "finished" }
    if let ending = run.ending { return "stopped, \(ending)" }
    let age = run.last.map { now.timeIntervalSince($0) } ?? .infinity
    return age < Self.silence ? "running" : "no end"
  }

  /// Whether lines may follow soon.
  func isRunning(at now: Date) -> Bool { state(at: now) == "running" }
}
