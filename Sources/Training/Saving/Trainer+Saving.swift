import Checkpoints
import Collectives
import Foundation
import Models
import Tensors

extension Trainer {
  /// Attempts to write the last checkpoint before a run ends without it.
  private static let lastAttempts = 5

  /// Has rank 0 write a checkpoint while training goes on: it copies the state while the next step runs, which
  /// waits for that before it changes anything.
  /// A failure is reported when it comes, and does not end the run; see ``finishSaves(on:)``.
  ///
  /// The save before must be on disk first. Where it cannot be written and must not be given up, as it is
  /// the best, this one is not taken.
  func save(
    _ standing: CheckpointFolder.Standing = .ordinary, on session: borrowing Session
  ) throws {
    let clock = ContinuousClock()
    let began = clock.now
    whereabouts.enter(Place(step: run.progress.step, round: .max, phase: .saving))
    let hasRoom = saver?.makeRoom(forBest: standing == .best) ?? true
    isBehind = try !session.agree(hasRoom)
    lastSave = began
    saved = run.progress
    // The copy takes its place; between epochs the evaluation has done so already.
    if run.progress.batch > 0 { gradients.trim() }
    guard !isBehind, let (state, copy) = try snapshot(on: session), let saver, let log else {
      return
    }
    let (folder, keep, voice) = (folder, run.options.checkpoint.keep, voice)
    saver.begin(
      BackgroundSaver.Save(
        isBest: standing == .best, stall: (clock.now - began).seconds, copy: copy,
        write: { () throws(CheckpointError) in
          try folder.save(
            step: state.step, standing, keep: keep, bytes: state.bytes
          ) { (writer) throws(CheckpointError) in
            try state.write(to: writer)
          }
        },
        report: { [step = state.step, file = folder.file(ofStep: state.step)] in
          Self.report($0, of: step, in: file, to: log, voice)
        }))
  }

  /// Returns when all that was saved is on disk.
  ///
  /// - Throws: on every rank, where it cannot be brought there after some more attempts.
  func finishSaves(on session: borrowing Session) throws {
    whereabouts.enter(Place(step: run.progress.step, round: .max, phase: .saving))
    try awaitSaves(on: session)
    if isBehind {
      try save(on: session)
      try awaitSaves(on: session)
    }
    _ = try session.share {
      try log?.finish()
      return []
    }
  }

  private func awaitSaves(on session: borrowing Session) throws {
    _ = try session.share {
      if let error = saver?.finish(attempts: Self.lastAttempts) {
        throw TrainingError.notSaved(cause: "\(error)")
      }
      return []
    }
  }

  /// Whether a checkpoint is due in the middle of an epoch; every rank says the same.
  var isSaveDue: Bool {
    let every = run.options.checkpoint.every
    return every > 0 && run.progress.step % every == 0 || notices.contains(.saveDue)
  }

  /// Whether so much time has passed on rank 0, whose clock counts, that a checkpoint is due.
  var isTimeToSave: Bool {
    let minutes = run.options.checkpoint.minutes
    return saver != nil && minutes > 0
      && (ContinuousClock.now - lastSave).seconds >= 60 * minutes
  }

  /// Room for the state that the run is in, and what fills it, on rank 0; `nil` on the others, which send
  /// what rank 0 does not see.
  private func snapshot(
    on session: borrowing Session
  ) throws -> (state: RunState, copy: @Sendable () -> Void)? {
    let reduction = gradients.reduction
    var slabs: [(group: String, values: Slab)] = []
    var copies: [(source: ReplicatedBuffer, target: Slab)] = []
    func take(_ replica: ReplicatedBuffer, isSeen: Bool, as group: String) throws {
      let target = session.rank == 0 ? Slab(count: replica.values.count) : nil
      if !isSeen {
        try reduction.collect(replica.values.start, into: target?.start, on: session)
      }
      guard let target else { return }
      slabs.append((group, target))
      if isSeen { copies.append((replica, target)) }
    }
    try take(run.replica, isSeen: true, as: "parameters")
    for (name, replica) in run.optimizer.moments {
      try take(
        replica, isSeen: replica.isShared || reduction.isWhole, as: Snapshot.group(ofMoment: name))
    }
    guard session.rank == 0 else { return nil }
    let state = RunState(
      header: run.header, layout: run.model.layout, objective: run.objective, slabs: slabs)
    return (state, { [copies] in for (source, target) in copies { source.copy(to: target) } })
  }

  private static func report(
    _ outcome: BackgroundSaver.Outcome, of step: Int, in file: String, to log: RunLog,
    _ voice: RunVoice
  ) {
    var entry: [String: any Sendable] = ["step": step, "file": file]
    switch outcome {
    case .written(let stall, let seconds):
      entry["event"] = "save"
      entry["stall_seconds"] = stall
      entry["write_seconds"] = seconds
    case .failed(let error, let retry):
      voice.warn("warning: step \(step) is not saved, next attempt in \(retry) s: \(error)")
      entry["event"] = "save_failed"
      entry["error"] = "\(error)"
      entry["retry_seconds"] = retry
    }
    log.write(entry)
  }
}

extension Trainer {
  /// The checkpoint that the run goes on from; prepares the folder.
  func checkpointToResume(on session: borrowing Session) throws -> String? {
    let start = run.plan.start
    let path = try session.share {
      var path = ""
      switch start {
      case .afresh:
        if try folder.containsCheckpoints() {
          throw TrainingError.folderInUse(path: folder.path)
        }
      case .overwriting: break
      case .newest:
        let found = try folder.newest()
        for line in found.setAside { voice.warn("warning: \(line)") }
        path = found.path ?? ""
      case .file(let file): path = file
      }
      try folder.prepare()
      return Array(path.utf8)
    }
    return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
  }

  /// Saves what the run was resumed from where the folder may lack it: it came from elsewhere, or it is
  /// the best and whoever wrote it was ended before it had that name. The bytes are the same.
  func saveAgain(on session: borrowing Session) throws {
    let best = run.progress.history.best?.step
    let isBest = run.progress.batch == 0 && best == run.progress.step
    if case .file = run.plan.start {
      try save(isBest ? .best : .ordinary, on: session)
    } else if isBest {
      try save(.best, on: session)
    } else if let best {
      _ = try session.share {
        if try !folder.restoreBest(step: best) {
          voice.warn("warning: \(folder.best) is missing, and so is any other file of step \(best)")
        }
        return []
      }
    }
  }
}
