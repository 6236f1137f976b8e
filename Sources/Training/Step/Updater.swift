import Autodiff
import Collectives
import Corpora
import Models
import Tensors

/// Updates the parameters of a run: gradient, sum over ranks, optimiser, packed weights.
final class Updater {
  /// A number that is infinite or not a number, and the sentences that it comes from.
  struct Fault: Sendable {
    let quantity: String
    /// Their ids; those of the whole minibatch where the fault cannot be narrowed down.
    let sentences: [String]
  }

  /// How an update ended, the same on every rank.
  enum Outcome {
    /// The parameters have moved; `asked` says which losses are means of anything.
    case updated(History.Step, asked: [Bool])
    /// Loss or gradient is not finite; parameters and moments are as before.
    case unchanged(Fault)
    /// A parameter is no longer finite.
    case ruined(Fault)
  }

  let gradients: GradientStep
  private let run: Run

  init(_ run: Run, on session: borrowing Session) throws {
    self.run = run
    gradients = try GradientStep(
      model: run.model, weights: run.weights, options: run.options, team: run.team, on: session)
  }

  /// Makes the update that follows the run's progress, which the caller moves on.
  ///
  /// - Parameters:
  ///   - batches: indices of the sentences of each minibatch; more than one where gradients are accumulated.
  ///   - beforeSum: called before the first collective; if it blocks, all ranks block. Parameters and moments
  ///     do not change before, on any rank of the host.
  func update(
    with batches: [[Int]], _ agreement: Agreement, on session: borrowing Session,
    clock: inout PhaseClock, beforeSum: () -> Void
  ) throws -> Outcome {
    let (step, epoch) = (run.progress.step + 1, run.progress.epoch)
    let (split, streams) = (run.corpus.training, run.streams(epoch: epoch))
    let sums = try gradients.run(
      batches, of: split, streams: streams, on: session, clock: &clock, beforeSum: beforeSum)
    clock.enter(.update)
    let rate = run.course.rate(step: step)
    let all = batches.joined().map { split.sentence($0).id }
    if let quantity = notFinite(sums) {
      let culprits = try gradients.culprits(
        batches, of: split, streams: streams, on: session)
      return .unchanged(
        Fault(quantity: quantity, sentences: culprits.isEmpty ? all : culprits))
    }
    let plan = Optimizer.Plan(norm: sums.norm, step: step, rate: rate)
    guard try move(sums.gradient, plan, agreement, on: session, clock: &clock) else {
      return .ruined(Fault(quantity: "a parameter after the update", sentences: all))
    }
    clock.enter(.data)
    return .updated(
      History.Step(
        step: step, epoch: epoch, losses: sums.losses, total: sums.total, gradientNorm: sums.norm,
        rate: Double(rate)), asked: sums.areAsked)
  }

  /// The quantity of a step that is not finite, the same on every rank; also a gradient whose square is too
  /// large for the optimiser's second moment.
  private func notFinite(_ sums: GradientStep.Sums) -> String? {
    if !sums.total.isFinite { return "the loss" }
    if !sums.norm.isFinite { return "the gradient" }
    let clip = Double(run.options.optimizer.clip)
    let norm = clip > 0 ? min(sums.norm, clip) : sums.norm
    let isKept = !run.optimizer.moments.isEmpty
    return isKept && !Float(norm * norm).isFinite ? "the square of the gradient" : nil
  }

  /// Moves this rank's partitions of the parameters and gathers those of all ranks.
  ///
  /// - Returns: whether all parameters are finite.
  private func move(
    _ gradient: [ReducedPartition], _ plan: Optimizer.Plan, _ agreement: Agreement,
    on session: borrowing Session, clock: inout PhaseClock
  ) throws -> Bool {
    let holds = try gradients.reduction.update(run.replica, on: session) {
      let isFinite = run.optimizer.update(
        run.parameters, gradient: gradient, plan, on: run.team)
      clock.enter(.reduction)
      let notices = try agreement.reach(
        isFinite ? [] : .notFinite, after: .training, on: session)
      return !notices.contains(.notFinite)
    }
    guard holds else { return false }
    clock.enter(.update)
    try run.refreshWeights(on: session)
    return true
  }
}
