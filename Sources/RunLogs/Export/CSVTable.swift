import Foundation

/// Runs as comma-separated values (RFC 4180): a line a step and a line an evaluation, with epochs counted from 1. A
/// cell is empty where the line has no such number.
package struct CSVTable: Sendable {
  private let losses: [String]

  /// - Parameter losses: the names of all losses, in the order of their columns.
  package init(losses: [String]) { self.losses = losses }

  /// The names of the columns.
  package var header: String {
    line(
      ["run", "event", "step", "epoch", "time"] + losses
        + ["total", "gradient_norm", "rate", "sentences_per_second", "cost"]
        + ["precision", "recall", "f1", "tag_f1"])
  }

  /// The lines of a run in the order of its steps.
  package func lines(of run: RecordedRun, name: String) -> [String] {
    var lines: [String] = []
    var evaluations = run.evaluations[...]
    for step in run.steps {
      while let evaluation = evaluations.first, evaluation.entry.step < step.entry.step {
        lines.append(self.line(of: evaluation.entry, at: evaluation.time, name: name))
        evaluations.removeFirst()
      }
      lines.append(line(of: step.entry, at: step.time, name: name))
    }
    return lines + evaluations.map { line(of: $0.entry, at: $0.time, name: name) }
  }

  /// The line of an entry; `nil` where it is neither a step nor an evaluation.
  package func line(of entry: RunLogEntry, name: String) -> String? {
    switch entry.content {
    case .step(let step): line(of: step, at: entry.time, name: name)
    case .evaluation(let evaluation): line(of: evaluation, at: entry.time, name: name)
    default: nil
    }
  }

  private func line(of step: StepEntry, at time: Date?, name: String) -> String {
    let start = [name, "step", "\(step.step)", "\(step.epoch + 1)", text(time)]
    let numbers = [step.total, step.gradientNorm, step.rate, step.sentencesPerSecond]
    return line(
      start + losses.map { (step.losses[$0] ?? nil).map { "\($0)" } ?? "" }
        + numbers.map { "\($0)" }
        + [step.cost.map { "\($0)" } ?? "", "", "", "", ""])
  }

  private func line(of evaluation: EvaluationEntry, at time: Date?, name: String) -> String {
    let start = [
      name, "evaluation", "\(evaluation.step)", "\(evaluation.epoch + 1)", text(time),
    ]
    let scores = [evaluation.precision, evaluation.recall, evaluation.f1].map { "\($0)" }
    return line(
      start + losses.map { _ in "" } + ["", "", "", "", ""] + scores
        + [evaluation.tagF1.map { "\($0)" } ?? ""])
  }

  private func text(_ time: Date?) -> String { time.map(LogTime.text) ?? "" }

  private func line(_ cells: [String]) -> String {
    cells.map { cell in
      cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",")
  }
}
