import Checkpoints
import Collectives
import Corpora
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
    /// A signal asked for it; a resumed run goes on.
    case signal(StopSignal, step: Int)
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
  /// What the last save was given.
  var saved: Progress?
  /// What the ranks have agreed on last.
  private(set) var notices: Notices = []
  /// The signal that they have agreed to follow.
  private(set) var stop: StopSignal?
  let whereabouts = Whereabouts()
  private var watchdog: Watchdog?
  var stragglers: Stragglers
  /// Where each rank runs.
  let hosts: [String]
  /// What the corpus and the CPUs gave reason to say at the start.
  private(set) var warnings: [String] = []

  /// Prepares a run on every rank: corpus, folder, parameters or checkpoint.
  public init(
    _ plan: RunPlan, check: ResumeCheck, voice: RunVoice, on session: borrowing Session
  ) throws {
    let corpus = try TrainingCorpus.read(plan.options, on: session)
    // Every rank listens when the ranks have agreed, and so before the log has its first line.
    StopSignal.listen()
    let (products, warning) = try plan.options.products(on: session)
    run = try Run(plan, corpus: corpus, products: products, on: session)
    folder = CheckpointFolder(plan.folder)
    self.voice = session.rank == 0 ? voice : RunVoice(say: { _ in }, warn: { _ in }, progress: nil)
    if let warning { self.voice.warn("warning: \(warning)") }
    gradients = try GradientStep(
      model: run.model, weights: run.weights, options: run.options, team: run.team, on: session)
    let names = try session.gather(bytes: Array(Session.hostName.utf8)).joined(separator: [0x0A])
    let list = try session.broadcast(bytes: Array(names), from: 0)
    hosts = list.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    stragglers = Stragglers(ranks: session.size, factor: run.options.watchdog.straggler)
    try begin(check, on: session)
    watchdog = try startWatchdog(on: session, warn: voice.warn)
  }

  deinit { saver?.close() }

  private func begin(_ check: ResumeCheck, on session: borrowing Session) throws {
    let from = try checkpointToResume(on: session)
    let kernels = KernelChoice(run.weights.products)
    let mixture = try kernels.mixture(on: session)
    let change = session.rank == 0 ? from.flatMap { kernels.change(since: $0) } : nil
    warnings = run.corpus.warnings + [mixture, change].compactMap { $0 }
    for warning in warnings { voice.warn("warning: \(warning)") }
    voice.say("products: \(kernels)")
    let origin: String
    if let from {
      try run.resume(
        from: from, check: check, partitions: gradients.reduction.partitions, on: session)
      origin = "resumed from \(from) at step \(run.progress.step)"
      saved = run.progress
      voice.say(origin)
    } else {
      if case .newest = run.plan.start {
        voice.say("\(folder.path) holds no checkpoint: training starts afresh")
      }
      let start = try run.initialize(on: session)
      origin = start.origin
      warnings += start.warnings
      for warning in start.warnings { voice.warn("warning: \(warning)") }
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

  /// Trains until the end, until `stopAfter`, or until a signal comes; all checkpoints are on disk then, and
  /// every rank has come here.
  public func train(on session: borrowing Session) throws -> Ending {
    var ending = try ending(on: session)
    try finishSaves(on: session)
    try agree(after: .saving, on: session)
    if let stop { ending = .signal(stop, step: run.progress.step) }
    try watchdog?.finish(on: session)
    try session.barrier()
    StopSignal.ignore()
    report(ending)
    return ending
  }

  private func ending(on session: borrowing Session) throws -> Ending {
    while run.progress.epoch < run.options.epochs && !hasLostPatience {
      let batches = run.order.batches(epoch: run.progress.epoch).chunks(
        of: run.options.batch.accumulate)
      while run.progress.batch < batches.count {
        if let limit = run.plan.stopAfter, run.progress.step >= limit {
          return try leave(.stopAfter, on: session)
        }
        try step(batches[run.progress.batch], on: session)
        let isLast = run.progress.batch == batches.count
        if !isLast && isSaveDue { try save(on: session) }
        if let stop { return try leave(.signal(stop, step: run.progress.step), on: session) }
      }
      try endEpoch(on: session)
      if let stop { return try leave(.signal(stop, step: run.progress.step), on: session) }
    }
    return hasLostPatience ? .patience : .allEpochs
  }

  private func leave(_ ending: Ending, on session: borrowing Session) throws -> Ending {
    if saved != run.progress { try save(on: session) }
    return ending
  }

  private var hasLostPatience: Bool {
    let patience = run.options.evaluation.patience
    return patience > 0
      && run.progress.history.evaluationsWithoutImprovement >= patience
  }
}

extension Trainer {
  /// What the ranks do between two agreements.
  enum Activity: String { case training, evaluation, saving }

  /// Tells the other ranks what this one has noticed, and learns what any rank has.
  @discardableResult
  func agree(
    _ own: Notices = [], after activity: Activity, on session: borrowing Session
  ) throws -> Notices {
    notices = try session.agree(isTimeToSave ? own.union(.saveDue) : own)
    if stop == nil, let signal = notices.signal {
      stop = signal
      report(signal, during: activity)
    }
    return notices
  }
}
