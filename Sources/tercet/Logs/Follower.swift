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
  /// Milliseconds from one look to the next.
  private static let pause: Int32 = 500

  /// - Parameters:
  ///   - logs: the runs, read so far.
  ///   - view: lines for people, or CSV.
  init(_ logs: [LoggedRun], _ view: Log.View) { (self.logs, self.view) = (logs, view) }

  /// Goes on until every run has ended, or until nobody reads.
  mutating func run() throws {
    if view == .csv { try begin() }
    while logs.contains(where: { $0.run.ending == nil }) {
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
        let text = prefix + (entry.time.map { LogTime.timeOfDay($0) + "  " } ?? "") + line
        Console.line(Console.width.map { Lines.fitted(text, to: $0) } ?? text)
      }
    }
  }

  /// The line of an entry for people; `nil` for one that says nothing new.
  private static func line(
    _ entry: RunLogEntry, _ row: EpochRow?, _ run: RecordedRun
  ) -> String? {
    if let row { return row.line }
    return switch entry.content {
    case .start(let start): "\(start.model) starts at step \(start.step)"
    case .step: run.progress.line()?.line
    case .end(let reason, let step): "end: \(reason), step \(step)"
    default: entry.rankText
    }
  }
}
