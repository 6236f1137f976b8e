import Commands
import Corpora
import Evaluation
import Foundation
import Page
import Typesetting

/// Runs on their way to a table: those that differ by their seed alone become one system.
struct ScoredSystems {
  /// Runs of the same settings.
  private struct Group {
    let settings: [(key: String, value: String)]?
    var runs: [SystemRun]
    /// The configuration of the first run.
    let configuration: String?
  }

  private var groups: [Group] = []
  /// The predictions of the first run.
  private var predictions: [Prediction] = []

  /// Adds a run.
  ///
  /// - Parameters:
  ///   - settings: the configuration without the seed; `nil` where it is not known.
  ///   - predictions: those that were scored.
  ///   - configuration: the whole configuration as text; `nil` where it is not known.
  mutating func add(
    _ run: SystemRun, settings: [(key: String, value: String)]?, predictions: [Prediction],
    configuration: String? = nil
  ) {
    if groups.isEmpty { self.predictions = predictions }
    let place = groups.firstIndex { group in
      guard let known = group.settings, let settings, run.seed != nil else { return false }
      return known.elementsEqual(settings, by: ==) && !group.runs.contains { $0.seed == run.seed }
    }
    if let place {
      groups[place].runs.append(run)
    } else {
      groups.append(Group(settings: settings, runs: [run], configuration: configuration))
    }
  }

  /// The systems with their names.
  func result() throws(EvaluationError) -> EvaluationResult {
    try EvaluationResult(groups.map { SystemScores(name: name(of: $0), runs: $0.runs) })
  }

  /// The page of a result of these systems.
  ///
  /// - Parameter sentences: the split.
  func page(_ title: String, _ result: EvaluationResult, _ sentences: [Sentence]) -> Page {
    Page(
      title: title, result: result, sentences: sentences, predictions: predictions,
      configurations: groups.map(\.configuration))
  }

  /// The settings that tell a system from the others, or its source where there are none, or too many.
  private func name(of group: Group) -> String {
    let seeds = group.runs.compactMap(\.seed)
    let suffix =
      seeds.count > 1 ? " (seeds \(seeds.map { "\($0)" }.joined(separator: ", ")))" : ""
    let others = groups.compactMap(\.settings)
    guard groups.count > 1, let settings = group.settings, others.count == groups.count else {
      return group.runs[0].source + suffix
    }
    let different = settings.filter { setting in
      others.contains { other in other.first { $0.key == setting.key }?.value != setting.value }
    }
    let isTold = (1...3).contains(different.count)
    let name = different.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    return (isTold ? name : group.runs[0].source) + suffix
  }
}

extension EvaluationResult {
  /// Prints the report of one run, or the table of several.
  ///
  /// - Parameters:
  ///   - title: what stands above a report.
  ///   - sentences: the split, for errors over their sentences.
  func show(
    _ style: ReportStyle, title: String, _ sentences: [Sentence], say: (String) -> Void
  ) {
    let runs = systems.flatMap(\.runs)
    let printsReports = runs.count == 1 || style != ReportStyle()
    for run in printsReports ? runs : [] {
      Lines.wrapped(runs.count == 1 ? title : run.source, to: Console.width).forEach(say)
      if style.isWide {
        say(run.report.table(width: nil))
      } else {
        say(run.report.text(width: Console.width, rows: style.rows))
      }
      if style.errors > 0 {
        say(run.report.faults.drawn(style.errors, over: sentences, width: Console.width))
      }
    }
    if runs.count > 1 { say(table(width: Console.width)) }
  }
}
