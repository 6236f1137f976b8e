import Autodiff
import Checkpoints
import Collectives
import Corpora
import Evaluation
import Foundation
import Models
import Tensors

/// Trains a model: the loop around the step.
public final class Trainer {
  /// Why training ended.
  public enum Ending: Sendable, Equatable {
    case allEpochs
    /// No better score for as many evaluations as patience allows.
    case patience
    case stopAfter
  }

  let run: Run
  let voice: RunVoice
  let gradients: GradientStep
  let folder: CheckpointFolder
  /// Rank 0's alone.
  private(set) var log: RunLog?
  /// Rank 0's alone.
  private(set) var saver: BackgroundSaver?
  /// Whether the last save was not taken.
  var isBehind = false
  /// When the last save began.
  var lastSave = ContinuousClock.now
  private var warnings: [String] = []

  /// Prepares a run on every rank: corpus, folder, parameters or checkpoint.
  public init(
    _ plan: RunPlan, check: ResumeCheck, voice: RunVoice, on session: borrowing Session
  ) throws {
    let corpus = try TrainingCorpus.read(plan.options, on: session)
    let precision = plan.options.precision
    let isSupported = try session.agree(precision.isSupported)
    run = try Run(
      plan, corpus: corpus, precision: isSupported ? precision : .float32, on: session)
    folder = CheckpointFolder(plan.folder)
    self.voice = session.rank == 0 ? voice : RunVoice(say: { _ in }, warn: { _ in }, progress: nil)
    if !isSupported { self.voice.warn("warning: \(precision.unsupportedNote)") }
    BLAS.setThreads(1)
    gradients = try GradientStep(
      model: run.model, weights: run.weights, options: run.options, team: run.team, on: session)
    try begin(check, on: session)
  }

  deinit { saver?.close() }

  private func begin(_ check: ResumeCheck, on session: borrowing Session) throws {
    let from = try checkpointToResume(on: session)
    let mixture = try KernelChoice.mixture(on: session)
    let change = session.rank == 0 ? from.flatMap { KernelChoice.change(since: $0) } : nil
    warnings = run.corpus.warnings + [mixture, change].compactMap { $0 }
    for warning in warnings { voice.warn("warning: \(warning)") }
    let origin: String
    if let from {
      try run.resume(from: from, check: check, piece: gradients.reduction.piece, on: session)
      origin = "resumed from \(from) at step \(run.progress.step)"
      voice.say(origin)
    } else {
      if case .newest = run.plan.start {
        voice.say("\(folder.path) holds no checkpoint: training starts afresh")
      }
      origin = try run.initialize(on: session)
      // Not before all that the run needs has been read.
      if case .overwriting = run.plan.start { try clearFolder(on: session) }
      voice.say(origin)
    }
    if session.rank == 0 {
      log = try RunLog(folder: folder.path, appending: from != nil, warn: voice.warn)
      log?.write(description(origin: origin, ranks: session.size))
      saver = BackgroundSaver(retry: run.options.checkpoint.retry)
    }
    if from != nil { try saveAgain(on: session) }
  }

  private func clearFolder(on session: borrowing Session) throws {
    _ = try session.share {
      try folder.clear()
      return []
    }
  }

  /// Trains until the end, or until `stopAfter`; all checkpoints are on disk then.
  public func train(on session: borrowing Session) throws -> Ending {
    let ending = try trainToEnding(on: session)
    try finishSaves(on: session)
    return ending
  }

  private func trainToEnding(on session: borrowing Session) throws -> Ending {
    var saved: Progress? = run.progress.step > 0 ? run.progress : nil
    while run.progress.epoch < run.options.epochs {
      if hasLostPatience { return .patience }
      let batches = run.order.batches(epoch: run.progress.epoch).chunks(
        of: run.options.batch.accumulate)
      while run.progress.batch < batches.count {
        if let limit = run.plan.stopAfter, run.progress.step >= limit {
          if saved != run.progress { try save(on: session) }
          return .stopAfter
        }
        try step(batches[run.progress.batch], on: session)
        let isLast = run.progress.batch == batches.count
        if try !isLast && isSaveDue(on: session) {
          try save(on: session)
          saved = run.progress
        }
      }
      try endEpoch(on: session)
      saved = run.progress
    }
    return hasLostPatience ? .patience : .allEpochs
  }

  private var hasLostPatience: Bool {
    let patience = run.options.evaluation.patience
    return patience > 0
      && run.progress.history.evaluationsWithoutImprovement >= patience
  }
}

extension Trainer {
  /// One update: gradient, sum over ranks, optimiser.
  private func step(_ batches: [[Int]], on session: borrowing Session) throws {
    var clock = PhaseClock()
    let examples = batches.map { $0.map { run.corpus.training[$0] } }
    let (step, epoch) = (run.progress.step + 1, run.progress.epoch)
    let draws = run.draws(epoch: epoch)
    let sums = try gradients.run(examples, draws: draws, on: session, clock: &clock)
    clock.enter(.update)
    let rate = run.options.optimizer.rate(
      step: step, total: run.options.totalSteps(sentences: run.corpus.training.count))
    guard sums.total.isFinite, sums.norm.isFinite else {
      throw TrainingError.notFinite(
        step: step, quantity: sums.total.isFinite ? "the gradient" : "the loss",
        sentences: try gradients.culprits(examples, draws: draws, on: session))
    }
    guard try update(sums, step: step, rate: rate, on: session, clock: &clock) else {
      throw TrainingError.notFinite(
        step: step, quantity: "a parameter after the update",
        sentences: examples.joined().map(\.sentence.id))
    }
    clock.enter(.data)
    run.progress.step = step
    run.progress.batch += 1
    run.progress.history.steps.append(
      History.Step(
        step: step, epoch: epoch, losses: sums.losses, total: sums.total, gradientNorm: sums.norm,
        rate: Double(rate)))
    report(sentences: examples.reduce(0) { $0 + $1.count }, clock.seconds)
  }

  /// Moves this rank's piece of the parameters and gathers all pieces.
  ///
  /// - Returns: whether all parameters are finite.
  private func update(
    _ sums: GradientStep.Sums, step: Int, rate: Float, on session: borrowing Session,
    clock: inout PhaseClock
  ) throws -> Bool {
    guard let gradient = sums.gradient.baseAddress else {
      preconditionFailure("a model of no parameters")
    }
    let isFinite = run.optimizer.update(
      run.parameters, piece: gradients.reduction.piece, gradient: gradient,
      Optimizer.Plan(norm: sums.norm, step: step, rate: rate), on: run.team)
    clock.enter(.reduction)
    guard try session.agree(isFinite) else { return false }
    try gradients.reduction.gather(run.replica, on: session)
    clock.enter(.update)
    try run.refreshWeights(on: session)
    return true
  }

  /// Scores the development split, moves to the next epoch and saves.
  private func endEpoch(on session: borrowing Session) throws {
    let epoch = run.progress.epoch
    let every = run.options.evaluation.every
    let isLast = epoch + 1 == run.options.epochs
    var standing = CheckpointFolder.Standing.ordinary
    if (epoch + 1) % every == 0 || isLast {
      let before = run.progress.history.best
      let clock = ContinuousClock()
      let began = clock.now
      let counts = try run.developmentCounts(on: session)
      let evaluation = History.Evaluation(
        step: run.progress.step, epoch: epoch, precision: counts.precision,
        recall: counts.recall, f1: counts.f1)
      run.progress.history.evaluations.append(evaluation)
      if run.progress.history.best != before { standing = .best }
      report(evaluation, isBest: standing == .best, seconds: (clock.now - began).seconds)
    }
    run.progress.epoch += 1
    run.progress.batch = 0
    try save(standing, on: session)
  }
}

extension Run {
  /// Counts of the development split: batches dealt to the ranks, counts added up.
  func developmentCounts(on session: borrowing Session) throws -> TripleCounts {
    let batches = Inference.batches(of: corpus.development)
    let own = batches.indices.filter { $0 % session.size == session.rank }.map { batches[$0] }
    let found = Inference.predict(
      corpus.development, batches: own, model: model, weights: weights, on: team)
    let scored = found.sorted { $0.key < $1.key }
    let counts = TripleCounts(
      sentences: scored.map { corpus.development[$0.key].sentence },
      predictions: scored.map(\.value), match: options.evaluation.match)
    let sums = try session.sum([counts.tp, counts.predicted, counts.gold].map { Int64($0) })
    return TripleCounts(tp: Int(sums[0]), predicted: Int(sums[1]), gold: Int(sums[2]))
  }
}

extension Trainer {
  /// The first entry of the run log.
  private func description(origin: String, ranks: Int) -> [String: any Sendable] {
    [
      "event": "start", "program": run.plan.program, "origin": origin, "ranks": ranks,
      "host": Session.hostName, "processors": Session.processorCount, "blas": BLAS.coreName,
      "products": Products.name, "precision": run.weights.precision.rawValue,
      "threads": run.team.count, "reduction": gradients.reduction.path,
      "replica": run.replica.isShared ? "one a host" : "one a rank",
      "model": run.options.model.kind, "parameters": run.model.layout.count,
      "step": run.progress.step, "sentences": run.corpus.training.count,
      "time": ISO8601DateFormatter().string(from: Date()),
      "configuration": run.plan.configuration, "warnings": warnings,
    ]
  }

  private func report(sentences: Int, _ seconds: [Phase: Double]) {
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

  private func report(
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
}
