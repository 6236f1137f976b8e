import Autodiff
import Collectives
import Corpora
import Models
import Tensors

extension Trainer {
  /// One update: gradient, sum over ranks, optimiser.
  func step(_ batches: [[Int]], on session: borrowing Session) throws {
    let (step, epoch) = (run.progress.step + 1, run.progress.epoch)
    var clock = PhaseClock(step: step, in: whereabouts)
    let (split, streams) = (run.corpus.training, run.streams(epoch: epoch))
    let sums = try gradients.run(batches, of: split, streams: streams, on: session, clock: &clock) {
      // Until then the last save may still read what this step changes, on all ranks of the host.
      saver?.awaitCopy()
    }
    clock.enter(.update)
    let rate = run.options.optimizer.rate(
      step: step, total: run.options.totalSteps(sentences: run.corpus.training.count))
    let all = batches.joined().map { split.sentence($0).id }
    if let quantity = notFinite(sums) {
      let culprits = try gradients.culprits(
        batches, of: split, streams: streams, on: session)
      return try skip(quantity, culprits.isEmpty ? all : culprits, on: session)
    }
    guard try update(sums, step: step, rate: rate, on: session, clock: &clock) else {
      try stop("a parameter after the update", all)
    }
    clock.enter(.data)
    run.progress.step = step
    run.progress.batch += 1
    run.progress.history.steps.append(
      History.Step(
        step: step, epoch: epoch, losses: sums.losses, total: sums.total, gradientNorm: sums.norm,
        rate: Double(rate)))
    report(sentences: batches.reduce(0) { $0 + $1.count }, clock.seconds)
    try compareRanks(clock.seconds, on: session)
  }

  /// What of a step is not finite, the same on every rank; also a gradient whose square is too large for the
  /// optimiser's second moment.
  private func notFinite(_ sums: GradientStep.Sums) -> String? {
    if !sums.total.isFinite { return "the loss" }
    if !sums.norm.isFinite { return "the gradient" }
    let clip = Double(run.options.optimizer.clip)
    let norm = clip > 0 ? min(sums.norm, clip) : sums.norm
    let isKept = !run.optimizer.moments.isEmpty
    return isKept && !Float(norm * norm).isFinite ? "the square of the gradient" : nil
  }

  /// Steps in a row that may be skipped.
  private static var mostSkipped: Int { 10 }

  /// Counts the step and leaves parameters and moments as they are, or ends the run where it may not.
  private func skip(
    _ quantity: String, _ sentences: [String], on session: borrowing Session
  ) throws {
    let skipped = run.progress.step - (run.progress.history.steps.last?.step ?? 0)
    guard run.options.nonfinite == .skip, skipped < Self.mostSkipped else {
      try stop(quantity, sentences)
    }
    try agree(after: .training, on: session)
    run.progress.step += 1
    run.progress.batch += 1
    report(quantity, sentences, at: run.progress.step, action: .skip)
  }

  /// Ends the run: every rank comes here in the same step.
  private func stop(_ quantity: String, _ sentences: [String]) throws -> Never {
    let step = run.progress.step + 1
    report(quantity, sentences, at: step, action: .stop)
    throw TrainingError.notFinite(step: step, quantity: quantity, sentences: sentences)
  }

  /// Takes down how long this rank's step took; now and then compares the ranks.
  private func compareRanks(_ seconds: [Phase: Double], on session: borrowing Session) throws {
    guard session.size > 1, run.options.watchdog.seconds > 0 else { return }
    stragglers.add(seconds, tokens: gradients.ownCost)
    if run.progress.step % run.options.watchdog.report == 0 {
      report(try stragglers.report(on: session))
    }
  }

  /// Moves this rank's partitions of the parameters and gathers those of all ranks.
  ///
  /// - Returns: whether all parameters are finite.
  private func update(
    _ sums: GradientStep.Sums, step: Int, rate: Float, on session: borrowing Session,
    clock: inout PhaseClock
  ) throws -> Bool {
    let holds = try gradients.reduction.update(run.replica, on: session) {
      let isFinite = run.optimizer.update(
        run.parameters, gradient: sums.gradient,
        Optimizer.Plan(norm: sums.norm, step: step, rate: rate), on: run.team)
      clock.enter(.reduction)
      return try !agree(isFinite ? [] : .notFinite, after: .training, on: session)
        .contains(.notFinite)
    }
    guard holds else { return false }
    clock.enter(.update)
    try run.refreshWeights(on: session)
    return true
  }
}
