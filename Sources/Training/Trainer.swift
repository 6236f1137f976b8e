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
  private let folder: CheckpointFolder
  /// Rank 0's alone.
  private(set) var log: RunLog?
  /// The signal that the ranks have agreed to follow.
  private(set) var stop: StopSignal?
  /// What the newest checkpoint holds.
  private var saved: Progress?
  let whereabouts = Whereabouts()
  private var watchdog: Watchdog?
  var stragglers: Stragglers
  /// Where each rank runs; rank 0's alone.
  let hosts: [String]

  /// Prepares a run on every rank: corpus, folder, parameters or checkpoint.
  public init(
    _ plan: RunPlan, check: ResumeCheck, voice: RunVoice, on session: borrowing Session
  ) throws {
    let corpus = try TrainingCorpus.read(plan.options, on: session)
    let precision = plan.options.precision
    // Every rank listens when the ranks have agreed, and so before the log has its first line.
    StopSignal.listen()
    let isSupported = try session.agree(precision.isSupported)
    run = try Run(
      plan, corpus: corpus, precision: isSupported ? precision : .float32, on: session)
    folder = CheckpointFolder(plan.folder)
    self.voice = session.rank == 0 ? voice : RunVoice(say: { _ in }, warn: { _ in }, progress: nil)
    if !isSupported { self.voice.warn("warning: \(precision.unsupportedNote)") }
    BLAS.setThreads(1)
    gradients = try GradientStep(
      model: run.model, weights: run.weights, options: run.options, team: run.team, on: session)
    hosts = try session.gather(bytes: Array(Session.hostName.utf8)).map {
      String(decoding: $0, as: UTF8.self)
    }
    stragglers = Stragglers(ranks: session.size, factor: run.options.watchdog.straggler)
    try begin(check, on: session)
    watchdog = try startWatchdog(on: session)
  }

  private func begin(_ check: ResumeCheck, on session: borrowing Session) throws {
    for warning in run.corpus.warnings { voice.warn("warning: \(warning)") }
    let from = try checkpointToResume(on: session)
    let origin: String
    if let from {
      try run.resume(from: from, check: check, on: session)
      origin = "resumed from \(from) at step \(run.progress.step)"
      saved = run.progress
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
      log = try RunLog(folder: folder.path, appending: from != nil)
      try log?.write(description(origin: origin, ranks: session.size))
    }
    if from != nil { try saveAgain(on: session) }
  }

  private func clearFolder(on session: borrowing Session) throws {
    _ = try session.share {
      try folder.clear()
      return []
    }
  }

  /// Saves what the run was resumed from where the folder may lack it: it came from elsewhere, or it is
  /// the best and whoever wrote it was ended before it had that name. The bytes are the same.
  private func saveAgain(on session: borrowing Session) throws {
    let isBest =
      run.progress.batch == 0 && run.progress.history.best?.step == run.progress.step
    if case .file = run.plan.start {
      try save(isBest ? .best : .ordinary, on: session)
    } else if isBest {
      try save(.best, on: session)
    }
  }

  /// The checkpoint that the run goes on from; prepares the folder.
  private func checkpointToResume(on session: borrowing Session) throws -> String? {
    let start = run.plan.start
    let path = try session.share {
      var path = ""
      switch start {
      case .afresh:
        if try folder.containsCheckpoints() {
          throw TrainingError.folderInUse(path: folder.path)
        }
      case .overwriting: break
      case .newest: path = try folder.newest() ?? ""
      case .file(let file): path = file
      }
      try folder.prepare()
      return Array(path.utf8)
    }
    return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
  }

  /// Trains until the end, until `stopAfter`, or until a signal comes; then every rank has come here.
  public func train(on session: borrowing Session) throws -> Ending {
    let ending = try ending(on: session)
    try watchdog?.finish(on: session)
    try session.barrier()
    StopSignal.ignore()
    try report(ending)
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
        let every = run.options.checkpoint.every
        let isLast = run.progress.batch == batches.count
        if !isLast && every > 0 && run.progress.step % every == 0 { try save(on: session) }
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
    let all = try session.agree(own)
    if stop == nil, let signal = all.signal {
      stop = signal
      try report(signal, during: activity)
    }
    return all
  }

  /// Writes a checkpoint on rank 0; every rank learns whether it is there.
  func save(
    _ standing: CheckpointFolder.Standing = .ordinary, on session: borrowing Session
  ) throws {
    let run = run
    whereabouts.enter(Place(step: run.progress.step, round: .max, phase: .saving))
    for moment in run.optimizer.moments {
      guard let start = moment.values.buffer.baseAddress else { continue }
      try gradients.reduction.collect(start, on: session)
    }
    _ = try session.share {
      try folder.save(
        step: run.progress.step, standing, keep: run.options.checkpoint.keep
      ) { (writer) throws(CheckpointError) in
        try Snapshot.write(
          run.header, layout: run.model.layout, parameters: run.parameters,
          optimizer: run.optimizer, objective: run.objective, to: writer)
      }
      return []
    }
    saved = run.progress
    try agree(after: .saving, on: session)
  }
}
