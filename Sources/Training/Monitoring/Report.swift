import Autodiff
import Collectives
import Evaluation
import Foundation
import Models
import RunLogs
import Tensors

/// An event of a run: its line in the run log, and what the user is told. Every kind of report is one function of
/// this file.
struct Report: Sendable {
  /// What is printed besides the progress of the run.
  enum Message: Sendable, Equatable {
    case line(String)
    /// Printed after `warning: `, apart from the rest.
    case warning(String)
  }

  /// Finite numbers, nulls, strings, lists and dictionaries, by key.
  let entry: [String: any Sendable]
  /// What the run's progress is told.
  let content: RunLogEntry.Content
  /// `nil` where nothing is printed besides.
  let message: Message?

  /// - Parameter losses: the terms of the objective, which are fields by their names.
  private init(
    _ event: RunLogEvent, _ fields: [RunLogField: any Sendable], losses: [String: Double?] = [:],
    content: RunLogEntry.Content? = nil, message: Message? = nil
  ) {
    var entry: [String: any Sendable] = losses.mapValues { $0 ?? NSNull() }
    for (field, value) in fields { entry[field.rawValue] = value }
    entry[RunLogField.event.rawValue] = event.rawValue
    self.entry = entry
    self.content = content ?? .other(event.rawValue)
    self.message = message
  }
}

extension Report {
  /// The start of a run, afresh or resumed.
  ///
  /// - Parameters:
  ///   - origin: a sentence about where the first state comes from.
  ///   - survey: the numbers of the ``Survey``.
  ///   - warnings: those that were printed.
  ///   - reduction: the way in which gradients are summed over ranks.
  static func start(
    _ run: Run, origin: String, ranks: Int, survey: [RunLogField: any Sendable],
    warnings: [String], reduction: String
  ) -> Report {
    let best = run.progress.history.best?.f1
    let entry = StartEntry(
      model: run.options.model.kind, parameters: run.model.layout.count, ranks: ranks,
      threads: run.team.count, step: run.progress.step, objective: run.objective, bestF1: best,
      schedule: run.schedule)
    let environment: [RunLogField: any Sendable] = [
      .program: run.plan.program, .origin: origin, .host: Session.hostName,
      .processors: Session.processorCount,
      .products: run.weights.products.library.rawValue, .kernels: run.weights.products.kernels,
      .precision: run.weights.products.precision.rawValue, .reduction: reduction,
      .replica: run.replica.isShared ? "one a host" : "one a rank",
      .sentences: run.corpus.training.count,
      .extensions: Extension.text(run.progress.extensions),
      .configuration: run.plan.configuration, .warnings: warnings,
    ]
    return Report(
      .start, entry.fields.merging(environment) { $1 }.merging(survey) { $1 },
      content: .start(entry))
  }

  /// An update.
  ///
  /// - Parameters:
  ///   - objective: the names of the row's losses.
  ///   - asked: whether each loss is a mean of anything.
  ///   - sentences: of all minibatches of the update.
  ///   - cost: of these sentences.
  ///   - seconds: of each phase, on rank 0.
  static func step(
    _ row: History.Step, objective: [String], asked: [Bool], sentences: Int, cost: Int,
    seconds: [Phase: Double]
  ) -> Report {
    let entry = StepEntry(
      step: row.step, epoch: row.epoch,
      losses: Dictionary(
        zip(objective, zip(row.losses, asked).map { $1 ? $0 : nil }), uniquingKeysWith: { $1 }),
      total: row.total,
      gradientNorm: row.gradientNorm, rate: row.rate,
      sentencesPerSecond: Double(sentences) / seconds.values.reduce(0, +), cost: cost,
      seconds: Dictionary(uniqueKeysWithValues: seconds.map { ($0.key.rawValue, $0.value) }))
    return Report(.step, entry.fields, losses: entry.losses, content: .step(entry))
  }

  /// An evaluation on the development split, with the seconds that it took.
  ///
  /// - Parameters:
  ///   - tagF1: of the entities that tags spell; `nil` for a model without tags.
  ///   - isFirstWithoutHit: whether patience does not count yet, and nobody has been told so.
  static func evaluation(
    _ evaluation: History.Evaluation, tagF1: Double?, match: MatchMode, isBest: Bool,
    isFirstWithoutHit: Bool, seconds: Double
  ) -> Report {
    let entry = EvaluationEntry(
      step: evaluation.step, epoch: evaluation.epoch, precision: evaluation.precision,
      recall: evaluation.recall, f1: evaluation.f1, tagF1: tagF1, match: match.rawValue,
      isBest: isBest, seconds: seconds)
    return Report(
      .evaluation, entry.fields, content: .evaluation(entry),
      message: isFirstWithoutHit
        ? .line("no triple is found yet: evaluation.patience counts from the first one") : nil)
  }

  /// The thresholds that the development split has chosen, and those of the options.
  static func thresholds(
    _ chosen: [Threshold], f1: Double, asked: [Threshold], askedF1: Double, match: MatchMode
  ) -> Report {
    let (new, old) = (Threshold.text(chosen), Threshold.text(asked))
    let score = String(format: "dev %@ F1 %.4f", match.rawValue, f1)
    return Report(
      .thresholds,
      [
        .chosen: new, .f1: f1, .configured: old, .configuredF1: askedF1,
        .match: match.rawValue,
      ],
      message: .line(
        chosen == asked
          ? "thresholds: \(old) stays, "
            + (askedF1 > 0
              ? "\(score); no other is better"
              : "with which no epoch has found a right triple: train longer, or set a lower one")
          : "thresholds: \(new) in best.h5, \(score); \(old) has "
            + String(format: "%.4f", askedF1)))
  }

  /// The temperature of the best checkpoint, and the predicted triples of the development split that it was fitted on.
  ///
  /// - Parameter temperature: `nil` where they are too few.
  static func temperature(_ temperature: Temperature?, right: Int, wrong: Int) -> Report {
    let split = "\(right) right and \(wrong) wrong triples predicted for dev.jsonl"
    return Report(
      .temperature, [.temperature: temperature?.value ?? 1, .right: right, .wrong: wrong],
      message: .line(
        temperature.map { "temperature: \($0.value) in best.h5, fitted on \(split)" }
          ?? "temperature: 1, not fitted: \(split), \(LogitHistogram.least) of each are needed"))
  }

  /// A step that is skipped, or that ends the run with an error, which is printed as such.
  static func nonfinite(
    _ fault: Updater.Fault, step: Int, action: RunOptions.NonfinitePolicy
  ) -> Report {
    let problem = TrainingError.notFinite(step, fault.quantity, fault.sentences)
    return Report(
      .nonfinite,
      [
        .step: step, .quantity: fault.quantity, .sentences: fault.sentences,
        .action: action.rawValue,
      ],
      message: action == .skip ? .warning("\(problem). The step is skipped") : nil)
  }

  /// An attempt to write the checkpoint of a step to a file.
  static func save(_ outcome: BackgroundSaver.Outcome, step: Int, file: String) -> Report {
    switch outcome {
    case .written(let stall, let seconds):
      Report(
        .save,
        [.step: step, .file: file, .stallSeconds: stall, .writeSeconds: seconds])
    case .failed(let error, let retry): failedSave(error, step: step, file: file, retry: retry)
    }
  }

  private static func failedSave(
    _ error: any Error, step: Int, file: String, retry: Double?
  ) -> Report {
    var fields: [RunLogField: any Sendable] = [.step: step, .file: file, .error: "\(error)"]
    if let retry { fields[.retrySeconds] = retry }
    let next = retry.map { "next attempt in \($0) s" } ?? "and no attempt follows"
    return Report(
      .saveFailed, fields, message: .warning("step \(step) is not saved, \(next): \(error)"))
  }

  /// The mean seconds of a step that each rank computed, not counting the wait for others.
  static func ranks(_ seconds: [Double], step: Int) -> Report {
    Report(.ranks, [.step: step, .seconds: seconds])
  }

  /// A rank that takes `times` as long as the others for the same cost, over the last `steps` steps.
  static func straggler(rank: Int, host: String, times: Double, step: Int, steps: Int) -> Report {
    Report(
      .straggler, [.rank: rank, .host: host, .step: step, .times: times],
      message: .warning(
        String(
          format: "rank %d on %@ takes %.1f times as long as the others, over %d steps",
          rank, host, times, steps)))
  }

  /// A rank that does not get on.
  static func stall(_ stall: Watchdog.Stall) -> Report {
    let (found, place) = (stall.found, stall.found.place)
    let time = String(format: "%.1f s", found.seconds)
    let state = found.isSilent ? "it says nothing, last seen in" : "it is in"
    return Report(
      stall.isFatal ? .abort : .stall,
      [
        .rank: found.rank, .host: stall.host, .step: place.step,
        .phase: place.phase.rawValue, .seconds: found.seconds, .silent: found.isSilent,
      ],
      message: .warning(
        "rank \(found.rank) on \(stall.host) has not finished step \(place.step) for \(time): "
          + "\(state) \(place.phase.rawValue)"
          + (stall.isFatal ? "; the job ends (watchdog.abort)" : "")))
  }

  /// A signal that the ranks agreed to follow, and what they did when it came.
  static func signal(
    _ signal: StopSignal, during activity: Agreement.Activity, step: Int
  ) -> Report {
    Report(.signal, [.signal: signal.rawValue, .during: activity.rawValue, .step: step])
  }

  /// The end of a run; `tercet` prints a message of its own.
  static func end(_ ending: Trainer.Ending, step: Int) -> Report {
    let name =
      switch ending {
      case .allEpochs: "all epochs"
      case .patience: "patience"
      case .stopAfter: "stop after"
      case .signal(let signal, _): signal.rawValue
      }
    return Report(.end, [.ending: name, .step: step])
  }
}
