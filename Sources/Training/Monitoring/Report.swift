import Autodiff
import Collectives
import Evaluation
import Foundation
import Models
import Tensors

/// An event of a run: its line in the run log and the message that the user reads. Every kind of report is one
/// function of this file.
struct Report: Sendable {
  /// How a report is printed.
  enum Message: Sendable, Equatable {
    case line(String)
    /// A line that a terminal writes over; elsewhere only milestones are printed.
    case progress(String, isMilestone: Bool)
    /// Printed after `warning: `, apart from the rest.
    case warning(String)
  }

  /// Finite numbers, strings, lists and dictionaries, by key.
  let entry: [String: any Sendable]
  /// `nil` where only the log has the report.
  let message: Message?

  private init(_ event: String, _ fields: [String: any Sendable], message: Message? = nil) {
    entry = fields.merging(["event": event]) { $1 }
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
    _ run: Run, origin: String, ranks: Int, survey: [String: any Sendable], warnings: [String],
    reduction: String
  ) -> Report {
    Report(
      "start",
      [
        "program": run.plan.program, "origin": origin, "ranks": ranks,
        "host": Session.hostName, "processors": Session.processorCount,
        "products": run.weights.products.library.rawValue,
        "kernels": run.weights.products.kernels,
        "precision": run.weights.products.precision.rawValue,
        "threads": run.team.count, "reduction": reduction,
        "replica": run.replica.isShared ? "one a host" : "one a rank",
        "model": run.options.model.kind, "parameters": run.model.layout.count,
        "step": run.progress.step, "sentences": run.corpus.training.count,
        "epochs": run.course.epochs, "extensions": Extension.text(run.progress.extensions),
        "time": ISO8601DateFormatter().string(from: Date()),
        "configuration": run.plan.configuration, "warnings": warnings,
      ].merging(survey) { $1 })
  }

  /// An update.
  ///
  /// - Parameters:
  ///   - epochs: those of the whole run.
  ///   - objective: the names of the row's losses.
  ///   - sentences: of all minibatches of the update.
  ///   - seconds: of each phase, on rank 0.
  static func step(
    _ row: History.Step, of epochs: Int, objective: [String], options: RunOptions, sentences: Int,
    seconds: [Phase: Double]
  ) -> Report {
    let speed = Double(sentences) / seconds.values.reduce(0, +)
    var fields: [String: any Sendable] = [
      "step": row.step, "epoch": row.epoch, "total": row.total,
      "gradient_norm": row.gradientNorm, "rate": row.rate, "sentences_per_second": speed,
      "seconds": Dictionary(uniqueKeysWithValues: seconds.map { ($0.key.rawValue, $0.value) }),
    ]
    for (name, loss) in zip(objective, row.losses) { fields[name] = loss }
    let line = String(
      format: "epoch %d/%d  step %d  loss %.4f  %.1f sentences/s", row.epoch + 1, epochs,
      row.step, row.total, speed)
    return Report(
      "step", fields,
      message: .progress(line, isMilestone: row.step % options.log.every == 0))
  }

  /// An evaluation on the development split, with the seconds that it took.
  ///
  /// - Parameter awaitsHit: whether patience does not count yet.
  static func evaluation(
    _ evaluation: History.Evaluation, match: MatchMode, isBest: Bool, awaitsHit: Bool,
    seconds: Double
  ) -> Report {
    Report(
      "evaluation",
      [
        "step": evaluation.step, "epoch": evaluation.epoch, "precision": evaluation.precision,
        "recall": evaluation.recall, "f1": evaluation.f1, "match": match.rawValue,
        "best": isBest, "seconds": seconds,
      ],
      message: .line(
        String(
          format: "epoch %d  dev %@ P %.4f R %.4f F1 %.4f%@", evaluation.epoch + 1, match.rawValue,
          evaluation.precision, evaluation.recall, evaluation.f1,
          awaitsHit
            ? "  no hit yet: patience does not count" : isBest ? "  best so far" : "")))
  }

  /// The thresholds that the development split has chosen, and those of the options.
  static func thresholds(
    _ chosen: [Threshold], f1: Double, asked: [Threshold], askedF1: Double, match: MatchMode
  ) -> Report {
    let (new, old) = (Threshold.text(chosen), Threshold.text(asked))
    let score = String(format: "dev %@ F1 %.4f", match.rawValue, f1)
    return Report(
      "thresholds",
      [
        "chosen": new, "f1": f1, "configured": old, "configured_f1": askedF1,
        "match": match.rawValue,
      ],
      message: .line(
        chosen == asked
          ? "thresholds: \(old) stays, \(score); no other is better"
          : "thresholds: \(new) in best.h5, \(score); \(old) has "
            + String(format: "%.4f", askedF1)))
  }

  /// A step that is skipped, or that ends the run with an error, which is printed as such.
  static func nonfinite(
    _ fault: Updater.Fault, step: Int, action: RunOptions.NonfinitePolicy
  ) -> Report {
    let problem = TrainingError.notFinite(step, fault.quantity, fault.sentences)
    return Report(
      "nonfinite",
      [
        "step": step, "quantity": fault.quantity, "sentences": fault.sentences,
        "action": action.rawValue,
      ],
      message: action == .skip ? .warning("\(problem). The step is skipped") : nil)
  }

  /// An attempt to write the checkpoint of a step to a file.
  static func save(_ outcome: BackgroundSaver.Outcome, step: Int, file: String) -> Report {
    switch outcome {
    case .written(let stall, let seconds):
      Report(
        "save",
        ["step": step, "file": file, "stall_seconds": stall, "write_seconds": seconds])
    case .failed(let error, let retry):
      Report(
        "save_failed",
        ["step": step, "file": file, "error": "\(error)", "retry_seconds": retry],
        message: .warning("step \(step) is not saved, next attempt in \(retry) s: \(error)"))
    }
  }

  /// The mean seconds of a step that each rank computed, not counting the wait for others.
  static func ranks(_ seconds: [Double], step: Int) -> Report {
    Report("ranks", ["step": step, "seconds": seconds])
  }

  /// A rank that takes `times` as long as the others for the same cost, over the last `steps` steps.
  static func straggler(rank: Int, host: String, times: Double, step: Int, steps: Int) -> Report {
    Report(
      "straggler", ["rank": rank, "host": host, "step": step, "times": times],
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
      stall.isFatal ? "abort" : "stall",
      [
        "rank": found.rank, "host": stall.host, "step": place.step,
        "phase": place.phase.rawValue, "seconds": found.seconds, "silent": found.isSilent,
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
    Report("signal", ["signal": signal.rawValue, "during": activity.rawValue, "step": step])
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
    return Report("end", ["ending": name, "step": step])
  }
}
