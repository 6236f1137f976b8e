import Commands
import Glibc
import RunLogs
import Typesetting

/// `tercet log RUN...`: shows runs by their logs, during training and after it.
struct Log: Verb {
  static let syntax = VerbSyntax(
    words: ["log"],
    purpose: "show runs by their logs: state, curves, best scores",
    operand: Operand(
      name: "RUN", count: .atLeastOnce,
      help: "folder of a run's checkpoints, or the run.jsonl in it"),
    flags: [follow, csv, tensorboard, ranks],
    notes: "Steps that a resumed run did again are left out the first time. Curves have a point "
      + "an epoch, or a step where a run has no two epochs.",
    examples: [
      "tercet log checkpoints/quickstart",
      "tercet log checkpoints/quickstart checkpoints/webnlg-cascade",
      "tercet log checkpoints/quickstart --follow",
      "tercet log checkpoints/quickstart --csv > curves.csv",
      "tercet log checkpoints/quickstart --tensorboard events",
    ])

  private static let follow = Flag(
    "follow", help: "go on with new lines as they come, until every run has ended")
  private static let csv = Flag(
    "csv", help: "print a line a step and a line an evaluation, as comma-separated values")
  private static let tensorboard = Flag(
    "tensorboard", .required("DIR"),
    help: "write an event file for TensorBoard below DIR for each run; one that is there already "
      + "is replaced")
  private static let ranks = Flag(
    "ranks", help: "show the time of each rank, of each phase, and ranks that held up the others")

  /// The runs' folders or logs; at least one.
  let runs: [String]
  /// What is made of them.
  let view: View
  /// Whether to go on with lines that come.
  let follows: Bool

  /// What is made of runs.
  enum View: Equatable {
    case summary, csv, ranks
    /// Event files below this folder.
    case events(String)
  }
}

extension Log {
  init(_ line: ArgumentLine) throws(UsageError) {
    var views: [View] = []
    if line.has(Self.csv) { views.append(.csv) }
    if line.has(Self.ranks) { views.append(.ranks) }
    if let folder = line.value(of: Self.tensorboard) { views.append(.events(folder)) }
    let follows = line.has(Self.follow)
    if views.count > 1 {
      throw line.error("give one of '--csv', '--tensorboard' and '--ranks'")
    }
    let view = views.first ?? .summary
    if follows && view != .summary && view != .csv {
      throw line.error("'--follow' prints lines as they come; it goes with '--csv' or alone")
    }
    self.init(runs: line.operands, view: view, follows: follows)
  }

  /// - Throws: `RunLogError` for a log that cannot be read or holds no run.
  func run() throws -> ExitStatus {
    let names = RunNames.distinct(runs)
    var logs = try zip(runs, names).map { try LoggedRun($0, name: $1) }
    for index in logs.indices { try logs[index].readAll(isEnd: !follows) }
    // A run that is about to begin has an empty log.
    for log in logs where !follows || log.reader.badLines > 0 { try log.refuseEmpty() }
    for warning in logs.compactMap(\.warning) { Console.error(warning) }
    switch view {
    case .summary: print(logs)
    case .csv: if !follows { Self.print(csv: logs) }
    case .ranks: for log in logs { Console.line(RankReport(log).text(width: Console.width)) }
    case .events(let folder): try write(logs, to: folder)
    }
    if follows {
      var follower = Follower(logs, view)
      try follower.run()
    }
    return .success
  }

  private func print(_ logs: [LoggedRun]) {
    let summary = LogSummary(width: Console.width)
    let lines = logs.count == 1 ? summary.lines(of: logs[0]) : summary.lines(of: logs)
    Console.line(lines.joined(separator: "\n"))
  }

  /// Prints runs as CSV.
  ///
  /// - Returns: the table, for lines to come.
  @discardableResult
  static func print(csv logs: [LoggedRun]) -> CSVTable {
    let table = CSVTable(losses: LoggedRun.losses(of: logs))
    Console.line(table.header)
    for log in logs {
      for line in table.lines(of: log.run, name: log.name) { Console.line(line) }
    }
    return table
  }

  private func write(_ logs: [LoggedRun], to folder: String) throws {
    for log in logs {
      let target = "\(folder)/\(log.name)"
      try EventFile(log.run).write(to: target)
      Console.line(
        "\(target)/\(EventFile.fileName): \(Figures.count(log.run.steps.count, "step")), "
          + Figures.count(log.run.evaluations.count, "evaluation"))
    }
    Console.line("next: tensorboard --logdir \(folder)")
  }
}
