import Autodiff
import Collectives
import Evaluation
import Foundation
import Models
import Tensors

extension Trainer {
  /// The first entry of the run log.
  func description(origin: String, ranks: Int) -> [String: any Sendable] {
    let products = run.weights.products
    return [
      "event": "start", "program": run.plan.program, "origin": origin, "ranks": ranks,
      "host": Session.hostName, "processors": Session.processorCount,
      "products": products.library.rawValue, "kernels": products.kernels,
      "precision": products.precision.rawValue,
      "threads": run.team.count, "reduction": gradients.reduction.path,
      "replica": run.replica.isShared ? "one a host" : "one a rank",
      "model": run.options.model.kind, "parameters": run.model.layout.count,
      "step": run.progress.step, "sentences": run.corpus.training.count,
      "time": ISO8601DateFormatter().string(from: Date()),
      "configuration": run.plan.configuration, "warnings": warnings,
    ]
  }

  func report(sentences: Int, _ seconds: [Phase: Double]) {
    guard let log, let last = run.progress.history.steps.last else { return }
    let total = seconds.values.reduce(0, +)
    var entry: [String: any Sendable] = [
      "event": "step", "step": last.step, "epoch": last.epoch, "total": last.total,
      "gradient_norm": last.gradientNorm, "rate": last.rate,
      "sentences_per_second": Double(sentences) / total,
      "seconds": Dictionary(uniqueKeysWithValues: seconds.map { ($0.key.rawValue, $0.value) }),
    ]
    for (name, loss) in zip(run.objective, last.losses) { entry[name] = loss }
    log.write(entry)
    let line = String(
      format: "epoch %d/%d  step %d  loss %.4f  %.1f sentences/s", last.epoch + 1,
      run.options.epochs, last.step, last.total, Double(sentences) / total)
    if let progress = voice.progress {
      progress(line)
    } else if last.step % run.options.log.every == 0 {
      voice.say(line)
    }
  }

  func report(
    _ evaluation: History.Evaluation, isBest: Bool, seconds: Double
  ) {
    log?.write([
      "event": "evaluation", "step": evaluation.step, "epoch": evaluation.epoch,
      "precision": evaluation.precision, "recall": evaluation.recall, "f1": evaluation.f1,
      "match": run.options.evaluation.match.rawValue, "best": isBest, "seconds": seconds,
    ])
    voice.say(
      String(
        format: "epoch %d  dev %@ P %.4f R %.4f F1 %.4f%@", evaluation.epoch + 1,
        run.options.evaluation.match.rawValue, evaluation.precision, evaluation.recall,
        evaluation.f1, isBest ? "  best so far" : ""))
  }

  func report(
    _ quantity: String, _ sentences: [String], at step: Int, action: RunOptions.NonfinitePolicy
  ) {
    log?.write([
      "event": "nonfinite", "step": step, "quantity": quantity, "sentences": sentences,
      "action": action.rawValue,
    ])
    if action == .skip {
      let what = TrainingError.notFinite(step, quantity, sentences)
      voice.warn("warning: \(what). The step is skipped")
    }
  }

  func report(_ signal: StopSignal, during activity: Activity) {
    log?.write([
      "event": "signal", "signal": signal.rawValue, "during": activity.rawValue,
      "step": run.progress.step,
    ])
  }

  func report(_ ending: Ending) {
    log?.write(["event": "end", "ending": ending.name, "step": run.progress.step])
  }
}

extension Trainer.Ending {
  /// For the run log.
  fileprivate var name: String {
    switch self {
    case .allEpochs: "all epochs"
    case .patience: "patience"
    case .stopAfter: "stop after"
    case .signal(let signal, _): signal.rawValue
    }
  }
}
