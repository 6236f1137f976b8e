import Foundation
import RunLogs
import Typesetting

/// Runs as text: one with all its curves, several in a table.
struct LogSummary {
  /// The columns of the terminal; `nil` for a file.
  let width: Int?
  private let now = Date()

  init(width: Int?) { self.width = width }

  /// All that one run's log has to say.
  func lines(of log: LoggedRun) -> [String] {
    let curves = Curve.all(of: log.run)
    let table = TextTable(
      header: ["", "", "first", "last", "least", "most"], rows: curves.map(row), keys: 2)
    let texts = [title(log), state(log), best(log)].compactMap { $0 }
    return texts.flatMap { Lines.wrapped($0, to: width, indent: 2) }
      + (curves.isEmpty ? [] : table.lines(width: width))
  }

  private func row(_ curve: Curve) -> [String] {
    let values = curve.values
    let numbers = [values.first, values.last, values.min(), values.max()].compactMap { $0 }
    return [curve.name, Sparkline.text(values, width: curveWidth(beside: 40))]
      + numbers.map { number($0, curve.name) }
  }

  /// A table with a line a run.
  func lines(of logs: [LoggedRun]) -> [String] {
    let losses = LoggedRun.losses(of: logs)
    let table = TextTable(
      header: ["run", "state", "epoch", "dev F1", "best", "at"] + losses + ["sent/s", "time"],
      rows: logs.map { row($0, losses) }, keys: 1)
    return table.lines(width: width)
  }

  private func row(_ log: LoggedRun, _ losses: [String]) -> [String] {
    let run = log.run
    let scores = Curve.score(of: run).values
    let curves = Curve.losses(of: run)
    let speed = run.steps.last?.entry.sentencesPerSecond
    let time = run.began.flatMap { began in run.last?.timeIntervalSince(began) }
    var cells = [log.name, log.state(at: now), epoch(run)]
    cells.append(Sparkline.text(scores, width: min(20, curveWidth(beside: 60))))
    cells.append(run.best.map { Figures.score($0.f1) } ?? "–")
    cells.append(run.best.map { "\($0.epoch + 1)" } ?? "–")
    for name in losses {
      let last = curves.first { $0.name == name }?.values.last
      cells.append(last.map { Figures.significant($0, digits: 4) } ?? "–")
    }
    cells.append(speed.map { Figures.significant($0, digits: 3) } ?? "–")
    cells.append(time.map { Figures.clock($0) } ?? "–")
    return cells
  }

  private func epoch(_ run: RecordedRun) -> String {
    let all = run.start?.schedule.map { "/\($0.epochs)" } ?? ""
    return "\((run.steps.last?.entry.epoch ?? -1) + 1)\(all)"
  }

  private func title(_ log: LoggedRun) -> String {
    guard let start = log.run.start else { return log.name }
    let parameters = start.parameters.map { ", \(Figures.grouped($0)) parameters" } ?? ""
    return "\(log.name): \(start.model)\(parameters), \(Figures.count(start.ranks, "rank")) × "
      + Figures.count(start.threads, "thread")
  }

  private func state(_ log: LoggedRun) -> String {
    let run = log.run
    let step = run.steps.last?.entry.step ?? run.start?.step ?? 0
    let all = run.start?.schedule.map { "/\($0.steps)" } ?? ""
    let age = run.last.map { "last line \(Figures.duration(now.timeIntervalSince($0))) ago" }
    let left = run.progress.secondsLeft.map { "about \(Figures.duration($0)) left" }
    let rest = log.isRunning(at: now) ? [age, left] : run.ending == nil ? [age] : []
    return
      (["\(log.state(at: now)): epoch \(epoch(run))", "step \(step)\(all)"]
      + rest.compactMap { $0 }).joined(separator: ", ")
  }

  private func best(_ log: LoggedRun) -> String? {
    let best = log.run.best.map {
      "best: epoch \($0.epoch + 1), dev \($0.match) F1 \(Figures.score($0.f1))"
    }
    let count = log.run.superseded
    let again =
      count == 0 ? nil : "\(Figures.count(count, "step")) done again after a resume"
    let parts = [best, again].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private func number(_ value: Double, _ name: String) -> String {
    name.hasSuffix("F1") ? Figures.score(value) : Figures.significant(value, digits: 4)
  }

  /// The columns of a curve beside so many others.
  private func curveWidth(beside others: Int) -> Int { min(60, max(8, (width ?? 80) - others)) }
}
