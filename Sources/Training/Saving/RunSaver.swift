import Autodiff
import Checkpoints
import Collectives
import Foundation
import Glibc
import Models
import Tensors

/// Saves a run: knows when a checkpoint is due and which state was saved last, and has rank 0 write
/// checkpoints while training goes on.
final class RunSaver {
  /// Attempts to write the last checkpoint before a run ends without it.
  private static let lastAttempts = 5

  private let run: Run
  private let gradients: GradientStep
  private let whereabouts: Whereabouts
  private let folder: CheckpointFolder
  private let reporter: Reporter
  /// On rank 0 alone.
  private let background: BackgroundSaver?
  /// Whether the last save was not taken.
  private var isBehind = false
  /// The time at which the last save began.
  private var lastSave = ContinuousClock.now
  /// The progress that was saved last.
  private var saved: Progress?

  /// Every rank makes one, once the run has its first state.
  init(
    _ run: Run, _ gradients: GradientStep, _ whereabouts: Whereabouts, _ folder: CheckpointFolder,
    _ reporter: Reporter, on session: borrowing Session
  ) {
    (self.run, self.gradients, self.whereabouts) = (run, gradients, whereabouts)
    (self.folder, self.reporter) = (folder, reporter)
    background =
      session.rank == 0 ? BackgroundSaver(retry: run.options.checkpoint.retry) : nil
  }

  deinit { background?.close() }

  /// Whether a checkpoint is due in the middle of an epoch, the same on every rank.
  ///
  /// - Parameter notices: those that the ranks agreed on after the step.
  func isDue(_ notices: Notices) -> Bool {
    let every = run.options.checkpoint.every
    return every > 0 && run.progress.step % every == 0 || notices.contains(.saveDue)
  }

  /// Whether `checkpoint.minutes` have passed; on rank 0, whose clock decides.
  var isTimeToSave: Bool {
    let minutes = run.options.checkpoint.minutes
    return background != nil && minutes > 0
      && (ContinuousClock.now - lastSave).seconds >= 60 * minutes
  }

  /// Waits until the last save has copied the state, which may change from then on.
  func awaitCopy() { background?.awaitCopy() }

  /// Has rank 0 write a checkpoint while training goes on. Rank 0 copies the state, or writes a large one as it is, while
  /// the next step runs; that step calls ``awaitCopy()`` before it changes anything. A failure is reported when it comes, and does
  /// not end the run; see ``finish(on:)``.
  ///
  /// The save before must be on disk first. Where that save fails and may not be replaced, since it is the
  /// best checkpoint, the new one is not taken.
  func save(
    _ standing: CheckpointFolder.Standing = .ordinary, on session: borrowing Session
  ) throws {
    let began = ContinuousClock.now
    whereabouts.enter(Place(step: run.progress.step, round: .max, phase: .saving))
    let hasRoom = background?.makeRoom(forBest: standing == .best) ?? true
    isBehind = try !session.agree(hasRoom)
    lastSave = began
    saved = run.progress
    // The copy uses the memory of a step; between epochs it is free already.
    if run.progress.batch > 0 { gradients.trim() }
    guard !isBehind, let state = try snapshot(on: session), let background else { return }
    let (folder, keep) = (folder, run.options.checkpoint.keep)
    let best =
      standing == .best && run.options.checkpoint.slimBest ? state.weightsAlone : nil
    background.begin(
      BackgroundSaver.Save(
        isBest: standing == .best, stall: (ContinuousClock.now - began).seconds,
        isLive: isLive, copy: { state.copyAll() },
        write: { () throws(CheckpointError) in
          try folder.save(
            step: state.step, standing, keep: keep, bytes: state.bytes + (best?.bytes ?? 0),
            best: best.map { best in
              { (writer) throws(CheckpointError) in try best.write(to: writer) }
            }
          ) { (writer) throws(CheckpointError) in
            try state.write(to: writer)
          }
        },
        report: { [reporter, step = state.step, file = folder.file(ofStep: state.step)] in
          reporter.tell(.save($0, step: step, file: file))
        }))
  }

  /// Saves the run unless the last save has its present state.
  func saveIfChanged(on session: borrowing Session) throws {
    if saved != run.progress { try save(on: session) }
  }

  /// Returns when all saves are on disk, and all lines of the run log with them.
  ///
  /// - Throws: on every rank, where the disk does not take them after some more attempts.
  func finish(on session: borrowing Session) throws {
    whereabouts.enter(Place(step: run.progress.step, round: .max, phase: .saving))
    try awaitSaves(on: session)
    if isBehind {
      try save(on: session)
      try awaitSaves(on: session)
    }
    try session.onFirst { try reporter.finishLog() }
  }

  private func awaitSaves(on session: borrowing Session) throws {
    try session.onFirst {
      if let error = background?.finish(attempts: Self.lastAttempts) {
        throw TrainingError.notSaved(cause: "\(error)", before: existingFile)
      }
    }
  }

  /// The newest checkpoint, after the attempt that is under way; `nil` where there is none. On rank 0, which
  /// speaks for the job.
  func fileOnDisk() -> String? {
    guard let background else { return nil }
    _ = background.makeRoom(forBest: false)
    return existingFile
  }

  private var existingFile: String? { access(folder.last, F_OK) == 0 ? folder.last : nil }

  /// Whether the state is so large that it is written as it is, without a copy of all of it.
  private var isLive: Bool {
    let values = run.model.layout.count * (1 + run.partitionedState.count)
    return values * MemoryLayout<Float>.stride > run.options.checkpoint.copyUpTo << 20
  }

  /// The state of the run on rank 0, with room for its copy unless it is large; `nil` on the other ranks, which send
  /// the partitions of the optimiser's state that rank 0 lacks.
  private func snapshot(on session: borrowing Session) throws -> RunState? {
    let reduction = gradients.reduction
    var slabs: [(group: String, values: SavedValues)] = []
    func take(_ replica: ReplicatedBuffer, isSeen: Bool, as group: String) throws {
      if isSeen {
        if session.rank == 0 { slabs.append((group, SavedValues(replica, takesRoom: !isLive))) }
        return
      }
      let target = session.rank == 0 ? Slab(count: replica.values.count) : nil
      try reduction.collect(replica.values.start, into: target?.start, on: session)
      if let target { slabs.append((group, SavedValues(collected: target))) }
    }
    try take(run.replica, isSeen: true, as: run.parameterGroup)
    for (group, replica) in run.partitionedState {
      try take(replica, isSeen: replica.isShared || reduction.isWhole, as: group)
    }
    guard session.rank == 0 else { return nil }
    return RunState(
      header: run.header, layout: run.model.layout, objective: run.objective, slabs: slabs)
  }

  /// Saves the state that the run was resumed from where the folder may lack it: the checkpoint came from
  /// another folder, or it is the best one and its writer was ended before it had that name. The bytes are
  /// the same.
  func saveAgain(on session: borrowing Session) throws {
    saved = run.progress
    let best = run.progress.history.best?.step
    let isBest = run.progress.batch == 0 && best == run.progress.step
    if case .file(let file) = run.plan.start {
      try save(isBest ? .best : .ordinary, on: session)
      if let best, !isBest { try session.onFirst { try bringBest(ofStep: best, beside: file) } }
    } else if isBest {
      try save(.best, on: session)
    } else if let best {
      try session.onFirst {
        if try !folder.restoreBest(step: best) {
          reporter.warn("\(folder.best) is missing, and so is any other file of step \(best)")
        }
      }
    }
  }

  /// Makes the best checkpoint so far `best.h5` of this folder, from the folder of the checkpoint that the run
  /// goes on from. Where that is this folder, its `best.h5` stays, which may be of a later step.
  private func bringBest(ofStep step: Int, beside file: String) throws {
    let source = CheckpointFolder(URL(filePath: file).deletingLastPathComponent().relativePath)
    if folder.holds(file), access(folder.best, F_OK) == 0 { return }
    let found = [source.best, source.file(ofStep: step)].first { path in
      let progress = Snapshot.progress(of: path, run.options, run.corpus)
      return progress?.step == step && progress?.history.isStart(of: run.progress.history) == true
    }
    guard let found else {
      reporter.warn(
        "\(source.path) lacks the best checkpoint so far, that of step \(step); \(folder.best) comes "
          + "with the next better score")
      return
    }
    try AtomicFile.duplicate(found, as: folder.best)
    reporter.say("\(found), of step \(step), is \(folder.best), the best so far")
  }
}
