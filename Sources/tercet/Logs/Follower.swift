import Commands
import Foundation
import RunLogs
import Typesetting

/// Prints the lines of runs as they come.
struct Follower {
  private var logs: [LoggedRun]
  private let view: Log.View
  /// The columns; `nil` for lines for people.
  private var table: CSVTable?
  /// When each run was first seen to be lost, by its place among the runs.
  private var lostSince: [Int: ContinuousClock.Instant] = [:]
  /// The places of runs that nobody has started again.
  private var abandoned: Set<Int> = []
  /// Milliseconds from one look to the next.
  private static let pause: Int32 = 500
  /// How long a lost run is waited for: `cluster/run` and sweeps start it again.
  private static let patience = Duration.seconds(5)

  /// - Parameters:
  ///   - logs: the runs, read so far.
  ///   - view: lines for people, or CSV.
  init(_ logs: [LoggedRun], _ view: Log.View) { (self.logs, self.view) = (logs, view) }

  /// Goes on until every run has ended, or until nobody reads.
  mutating func run() throws {
    if view == .csv { try begin() }
    while logs.indices.contains(where: { logs[$0].run.ending == nil && !abandoned.contains($0) }) {
      Console.pause(milliseconds: Self.pause)
      for index in logs.indices { try look(at: index) }
    }
  }

  /// Prints what there is as CSV, once every run has begun: its start names the losses, which are columns.
  private mutating func begin() throws {
    while logs.contains(where: { $0.run.start == nil }) {
      Console.pause(milliseconds: Self.pause)
      for index in logs.indices { try logs[index].readAll(isEnd: false) }
    }
    table = Log.print(csv: logs)
  }

  private mutating func look(at index: Int) throws {
    let name = logs[index].name
    let prefix = logs.count > 1 ? "\(name)  " : ""
    try logs[index].readAll(isEnd: false) { entry, row, run in
      if let table {
        if let line = table.line(of: entry, name: name) { Console.line(line) }
      } else if let line = Self.line(entry, row, run) {
        Self.print(prefix, entry.time, line)
      }
    }
    if hasLost(index), table == nil {
      let step = logs[index].run.steps.last?.entry.step ?? logs[index].run.start?.step ?? 0
      Self.print(prefix, Date(), "end: \(LoggedRun.lost), step \(step)")
    }
  }

  /// Whether a run has been lost for so long that nobody seems to start it again, and was not so at the look before.
  private mutating func hasLost(_ index: Int) -> Bool {
    guard logs[index].isLost else {
      lostSince[index] = nil
      abandoned.remove(index)
      return false
    }
    let since = lostSince[index] ?? .now
    lostSince[index] = since
    return since.duration(to: .now) >= Self.patience && abandoned.insert(index).inserted
  }

  private static func print(_ prefix: String, _ time: Date?, _ line: String) {
    let text = prefix + (time.map { LogTime.timeOfDay($0) + "  " } ?? "") + line
    Console.line(Console.width.map { Lines.fitted(text, to: $0) } ?? text)
  }

  /// The line of an entry for people; `nil` for one that says nothing new.
  private static func line(
    _ entry: RunLogEntry, _ row: EpochRow?, _ run: RecordedRun
  ) -> String? {
    if let row { return row.line }
    return switch entry.content {
    case .start(let start): "\(start.model) starts at step \(start.step)"
    case .step: run.progress.line()?.line
    case .end(let ending, let step):
      "end: \(LoggedRun.reason(ending) ?? "stopped"), step \(step)"
    default: entry.rankText
    }
  }
}
