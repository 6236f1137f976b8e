import Checkpoints
import Collectives
import Foundation
import Glibc

extension CheckpointFolder {
  /// Claims the folder on rank 0, for as long as a copy of it is there.
  ///
  /// - Throws: on every rank, where another run has the folder or it cannot be written.
  mutating func claim(_ reporter: Reporter, on session: borrowing Session) throws {
    let start = ISO8601DateFormatter().string(from: Date())
    try session.onFirst {
      if try !claim(for: "\(Session.hostName) \(getpid()) \(start)") {
        reporter.warn("\(path): its file system has no locks; start no other run in this folder")
      }
    }
  }

  /// Prepares the folder and finds the checkpoint that a run goes on from; `nil` where it starts afresh.
  ///
  /// - Throws: on every rank, where the folder cannot be used or holds checkpoints that `start` spares.
  func checkpoint(
    for start: RunStart, _ reporter: Reporter, on session: borrowing Session
  ) throws -> String? {
    let path = try session.share {
      var path = ""
      switch start {
      case .afresh:
        if try containsCheckpoints() { throw TrainingError.folderInUse(path: self.path) }
      case .overwriting: break
      case .newest:
        let found = try newest()
        for line in found.setAside { reporter.warn(line) }
        path = found.path ?? ""
      case .file(let file): path = file
      }
      try prepare()
      return Array(path.utf8)
    }
    return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
  }
}

extension Run {
  /// Gives the run its first state: that of a checkpoint, or that of a run that starts afresh. Clears the
  /// folder where the run overwrites it, and refuses one with checkpoints of another run.
  ///
  /// - Parameter partitions: the parts of the optimiser's state that this rank keeps.
  /// - Returns: a sentence about where the state comes from, and warnings, which are printed already.
  func begin(
    from checkpoint: String?, _ check: ResumeCheck, _ folder: CheckpointFolder,
    partitions: [Range<Int>], _ reporter: Reporter, on session: borrowing Session
  ) throws -> (origin: String, warnings: [String]) {
    var warnings: [String] = []
    let origin: String
    if let checkpoint {
      try resume(from: checkpoint, check: check, partitions: partitions, on: session)
      try session.onFirst { try refuseOtherRun(than: checkpoint, in: folder) }
      origin =
        "resumed from \(checkpoint) at step \(progress.step)"
        + (course.remark.map { "; \($0)" } ?? "")
    } else if plan.added != nil {
      throw TrainingError.nothingToExtend(folder: folder.path)
    } else {
      if case .newest = plan.start {
        reporter.say("\(folder.path) holds no checkpoint: training starts afresh")
      }
      (origin, warnings) = try initialize(on: session)
      optimizer.startAverage(at: parameters, partitions: partitions)
      // Not before everything that the run needs has been read.
      if case .overwriting = plan.start { try session.onFirst { try folder.clear() } }
    }
    warnings += [course.warning, thresholdWarning].compactMap { $0 }
    for warning in warnings { reporter.warn(warning) }
    reporter.say(origin)
    return (origin, warnings)
  }

  /// Refuses a folder with a checkpoint that is neither a beginning nor a continuation of this run. The folder
  /// of the checkpoint that the run goes on from is the run's own.
  private func refuseOtherRun(than checkpoint: String, in folder: CheckpointFolder) throws {
    if folder.holds(checkpoint) { return }
    let own = progress.history
    for path in try folder.files() {
      let other = Snapshot.progress(of: path, options, corpus)?.history
      guard let other, other.isStart(of: own) || own.isStart(of: other) else {
        throw TrainingError.otherRun(path: path, checkpoint: checkpoint)
      }
    }
  }
}

extension Session {
  /// Does on rank 0 what can fail there, and tells the other ranks whether it did; see ``share(_:)``.
  borrowing func onFirst(_ body: () throws -> Void) throws {
    _ = try share {
      try body()
      return []
    }
  }
}
