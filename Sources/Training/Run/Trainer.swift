import Checkpoints
import Collectives
import Corpora
import Evaluation
import Models
import RunLogs
import Tensors

/// Trains a model on all ranks: the loop over epochs and steps.
public final class Trainer {
  /// Why training ended.
  public enum Ending: Sendable, Equatable {
    /// All `epochs` have passed.
    case allEpochs
    /// `evaluation.patience` evaluations have passed without a better score.
    case patience
    /// As many updates are done as ``RunPlan/stopAfter`` allows.
    case stopAfter
    /// A signal asked the run to leave after this step; a resumed run goes on.
    case signal(StopSignal, step: Int)
  }

  private let run: Run
  private let updater: Updater
  private let saver: RunSaver
  private let monitor: RankMonitor
  private let reporter: Reporter
  private let agreement: Agreement
  private let tuning: BestTuning
  private let schedule: RunSchedule

  /// Prepares a run; every rank calls this initialiser. Reads the corpus, prepares the folder, and gives the
  /// parameters their first values or those of a checkpoint.
  ///
  /// - Parameters:
  ///   - check: compares the configuration of a checkpoint with the plan's.
  ///   - voice: prints what the run says; of ranks above 0 only rank 1 warns, where rank 0 falls silent.
  /// - Throws: ``TrainingError``, ``SharedError`` and the errors of the files that are read.
  public init(
    _ plan: RunPlan, check: ResumeCheck, voice: RunVoice, on session: borrowing Session
  ) throws {
    try plan.options.boundThreads(on: session)
    let corpus = try TrainingCorpus.read(
      plan.options, resuming: plan.checkpoint, on: session)
    var reporter = Reporter(
      voice, isFirst: session.rank == 0, every: plan.options.log.every)
    // Every rank listens when the ranks have agreed, and so before the log has its first line.
    StopSignal.listen()
    let (products, warning) = try plan.options.products(on: session)
    run = try Run(plan, corpus: corpus, products: products, on: session)
    if let warning { reporter.warn(warning) }
    updater = try Updater(run, on: session)
    monitor = try RankMonitor(plan.options.watchdog, on: session)

    var folder = CheckpointFolder(plan.folder)
    try folder.claim(reporter, on: session)
    let checkpoint = try folder.checkpoint(for: plan.start, reporter, on: session)
    let kernels = try KernelChoice(products).warnings(resuming: checkpoint, on: session)
    let survey = session.rank == 0 ? Survey(corpus, plan.options) : nil
    let warnings = (survey?.warnings ?? []) + kernels
    for line in run.heading(ranks: session.size) + (survey?.lines ?? []) { reporter.say(line) }
    for warning in warnings { reporter.warn(warning) }
    reporter.say("products: \(KernelChoice(products))")
    let start = try run.begin(
      from: checkpoint, check, folder, partitions: updater.gradients.reduction.partitions, reporter,
      on: session)
    reporter.say(run.outlook)
    try reporter.openLog(in: folder.path, appending: checkpoint != nil)
    reporter.tell(
      .start(
        run, origin: start.origin, ranks: session.size,
        survey: survey?.entry ?? [:], warnings: warnings + start.warnings,
        reduction: updater.gradients.reduction.path))
    saver = RunSaver(run, updater.gradients, monitor.whereabouts, folder, reporter, on: session)
    if checkpoint != nil { try saver.saveAgain(on: session) }
    try monitor.watch(from: run.progress.step, reporter, on: session)
    agreement = Agreement(run, saver, reporter)
    tuning = BestTuning(run, in: folder, monitor.whereabouts, agreement, reporter)
    schedule = run.schedule
    self.reporter = reporter
  }

  /// Trains until the last epoch, until `stopAfter` or patience ends it, or until a signal comes; then chooses
  /// thresholds and fits the temperature where the run has ended. All checkpoints are on disk when it returns, on
  /// every rank.
  public func train(on session: borrowing Session) throws -> Ending {
    var ending = try loop(on: session)
    try saver.finish(on: session)
    try agreement.reach(after: .saving, on: session)
    if agreement.stop == nil, [.allEpochs, .patience].contains(ending) {
      try tuning.finish(on: session)
    }
    if let stop = agreement.stop { ending = .signal(stop, step: run.progress.step) }
    try monitor.finish(on: session)
    try session.barrier()
    StopSignal.ignore()
    reporter.tell(.end(ending, step: run.progress.step))
    return ending
  }

  private func loop(on session: borrowing Session) throws -> Ending {
    let course = run.course
    while run.progress.epoch < course.epochs && !hasLostPatience {
      let batches = run.order.batches(epoch: run.progress.epoch).chunks(
        of: run.options.batch.accumulate)
      while run.progress.batch < batches.count {
        if let limit = run.plan.stopAfter, run.progress.step >= limit {
          return try leave(.stopAfter, on: session)
        }
        try step(batches[run.progress.batch], on: session)
        let isLast = run.progress.batch == batches.count
        if !isLast && saver.isDue(agreement.notices) { try saver.save(on: session) }
        if let stop = agreement.stop { return try leave(stop, on: session) }
      }
      try endEpoch(on: session)
      if let stop = agreement.stop { return try leave(stop, on: session) }
    }
    return hasLostPatience ? .patience : .allEpochs
  }

  private func leave(_ signal: StopSignal, on session: borrowing Session) throws -> Ending {
    try leave(.signal(signal, step: run.progress.step), on: session)
  }

  private func leave(_ ending: Ending, on session: borrowing Session) throws -> Ending {
    try saver.saveIfChanged(on: session)
    return ending
  }

  /// The best evaluation so far; `nil` where there is none.
  public var best: History.Evaluation? { run.progress.history.best }

  private var hasLostPatience: Bool {
    let patience = run.options.evaluation.patience
    return patience > 0
      && run.progress.history.evaluationsWithoutImprovement >= patience
  }
}

extension Trainer {
  /// One update, from the indices of each of its minibatches.
  private func step(_ batches: [[Int]], on session: borrowing Session) throws {
    var clock = PhaseClock(step: run.progress.step + 1, in: monitor.whereabouts)
    let outcome = try updater.update(
      with: batches, agreement, on: session, clock: &clock, beforeSum: saver.awaitCopy)
    switch outcome {
    case .updated(let row, let asked):
      run.progress.step += 1
      run.progress.batch += 1
      run.progress.history.steps.append(row)
      let sentences = batches.flatMap { $0 }
      reporter.tell(
        .step(
          row, objective: run.objective, asked: asked, sentences: sentences.count,
          cost: sentences.reduce(0) { $0 + run.corpus.training.cost($1) }, seconds: clock.seconds))
      let reports = try monitor.compare(
        clock.seconds, cost: updater.gradients.ownCost, step: row.step, on: session)
      for report in reports { reporter.tell(report) }
    case .unchanged(let fault): try skip(fault, on: session)
    case .ruined(let fault): try stop(fault)
    }
  }

  /// Steps in a row that may be skipped.
  private static var mostSkipped: Int { 10 }

  /// Counts a step that changed nothing, or ends the run where no more steps may be skipped.
  private func skip(_ fault: Updater.Fault, on session: borrowing Session) throws {
    let skipped = run.progress.step - (run.progress.history.steps.last?.step ?? 0)
    guard run.options.nonfinite == .skip, skipped < Self.mostSkipped else { try stop(fault) }
    try agreement.reach(after: .training, on: session)
    run.progress.step += 1
    run.progress.batch += 1
    reporter.tell(.nonfinite(fault, step: run.progress.step, action: .skip))
  }

  /// Ends the run with an error; every rank does in the same step.
  private func stop(_ fault: Updater.Fault) throws -> Never {
    let step = run.progress.step + 1
    reporter.tell(.nonfinite(fault, step: step, action: .stop))
    throw TrainingError.notFinite(
      step: step, quantity: fault.quantity, sentences: fault.sentences, saved: saver.fileOnDisk())
  }

  /// Scores the development split where that is due, moves to the next epoch and saves. A signal that comes
  /// during the evaluation leaves everything as it is, so that a resumed run evaluates again.
  private func endEpoch(on session: borrowing Session) throws {
    let epoch = run.progress.epoch
    // Evaluation and the copy that a save keeps use the memory of a step.
    updater.gradients.trim()
    var standing = CheckpointFolder.Standing.ordinary
    if schedule.evaluates(after: epoch + 1) {
      guard let evaluated = try evaluate(on: session) else { return }
      standing = evaluated
    }
    run.progress.epoch += 1
    run.progress.batch = 0
    try saver.save(standing, on: session)
  }

  /// Scores the development split.
  ///
  /// - Returns: whether no evaluation before was as good; `nil` where a signal has come.
  private func evaluate(on session: borrowing Session) throws -> CheckpointFolder.Standing? {
    let before = run.progress.history.best
    reporter.show(activity: "evaluates dev")
    let began = ContinuousClock.now
    let counted = try run.withAverage(
      updater.gradients.reduction, awaitCopy: saver.awaitCopy, on: session
    ) {
      try run.developmentCounts(
        of: run.corpus.development, monitor.whereabouts, agreement, on: session)
    }
    guard let counted else { return nil }
    let counts = counted.triples
    if let warning = Prediction.cutWarning(counted.cut, in: "dev.jsonl") { reporter.warn(warning) }
    let evaluation = History.Evaluation(
      step: run.progress.step, epoch: run.progress.epoch, precision: counts.precision,
      recall: counts.recall, f1: counts.f1)
    run.progress.history.evaluations.append(evaluation)
    let isBest = run.progress.history.best != before
    reporter.tell(
      .evaluation(
        evaluation, tagF1: counted.tags?.f1, match: run.options.evaluation.match, isBest: isBest,
        isFirstWithoutHit: run.options.evaluation.patience > 0
          && run.progress.history.awaitsFirstHit && run.progress.history.evaluations.count == 1,
        seconds: (ContinuousClock.now - began).seconds))
    return isBest ? .best : .ordinary
  }
}
