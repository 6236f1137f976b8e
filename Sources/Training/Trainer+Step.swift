import Autodiff
import Collectives
import Corpora
import Tensors

extension Trainer {
  /// One update: gradient, sum over ranks, optimiser.
  func step(_ batches: [[Int]], on session: borrowing Session) throws {
    let (step, epoch) = (run.progress.step + 1, run.progress.epoch)
    var clock = PhaseClock(step: step, in: whereabouts)
    let examples = batches.map { $0.map { run.corpus.training[$0] } }
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
    try report(sentences: examples.reduce(0) { $0 + $1.count }, clock.seconds)
    try compareRanks(clock.seconds, on: session)
  }

  /// Takes down how long this rank's step took; now and then compares the ranks.
  private func compareRanks(_ seconds: [Phase: Double], on session: borrowing Session) throws {
    guard session.size > 1, run.options.watchdog.seconds > 0 else { return }
    stragglers.add(seconds, tokens: gradients.ownTokens)
    if run.progress.step % run.options.watchdog.report == 0 {
      try report(try stragglers.report(on: session))
    }
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
    let notices = try agree(isFinite ? [] : .notFinite, after: .training, on: session)
    guard !notices.contains(.notFinite) else { return false }
    try gradients.reduction.gather(run.replica, on: session)
    clock.enter(.update)
    try run.refreshWeights(on: session)
    return true
  }
}
