import Checkpoints
import Collectives
import Foundation
import RunLogs
import Training

/// A run whose log is read, with its name among the others.
struct LoggedRun {
  let name: String
  let reader: RunLogReader
  private(set) var run = RecordedRun()
  /// Whether a run had the folder, asked before the last lines were read: a run that had left it wrote no more.
  private var hold = FolderHold.unknown

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
    hold = reader.folder.map(FolderHold.init) ?? .unknown
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
  /// Seconds without a line after which a run is no longer called running, where its folder does not tell.
  private static let silence = 600.0
  /// What has become of a run that is gone without a last line.
  static let lost = "killed or failed"

  /// Whether the run is gone without a last line: nobody has its folder, and it was one of this host, where that can
  /// be told.
  var isLost: Bool {
    run.ending == nil && hold == .free && run.start?.host == Session.hostName
  }

  /// Why a run stopped, in words; `nil` for `SIGUSR1`, by which `train --ranks`, `cluster/run` and sweeps pass on
  /// whatever has asked them to leave.
  static func reason(_ ending: String) -> String? {
    ending == StopSignal.user.rawValue ? nil : ending
  }

  /// What has become of the run, in a word or two.
  ///
  /// - Parameter now: the time by which it is judged.
  func state(at now: Date) -> String {
    if run.isFinished { return "finished" }
    if let ending = run.ending { return Self.reason(ending).map { "stopped, \($0)" } ?? "stopped" }
    if isLost { return Self.lost }
    let age = run.last.map { now.timeIntervalSince($0) } ?? .infinity
    return hold == .held || age < Self.silence ? "running" : "no end"
  }

  /// Whether lines may follow soon.
  func isRunning(at now: Date) -> Bool { state(at: now) == "running" }
}
