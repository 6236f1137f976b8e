import Checkpoints
import Foundation
import Tensors

/// Copies the state of a run and writes it as a checkpoint, beside training, on a thread of its own; one at a
/// time.
///
/// A save that fails is tried again after a while, then after twice as long, and so on up to ten minutes,
/// until it is on disk or another takes its place.
final class BackgroundSaver: @unchecked Sendable {
  /// What is to be written; the state that it holds is let go of when it is on disk.
  struct Save: Sendable {
    let isBest: Bool
    /// Seconds that it has held training up.
    var stall = 0.0
    /// Takes the copy that is written; called once.
    let copy: @Sendable () -> Void
    let write: @Sendable () throws(CheckpointError) -> Void
    /// Is told how each attempt ended, on the saver's thread.
    let report: @Sendable (Outcome) -> Void
  }

  /// How an attempt ended.
  enum Outcome: Sendable {
    case written(stall: Double, seconds: Double)
    /// The next attempt begins after `retry` seconds, or earlier.
    case failed(CheckpointError, retry: Double)
  }

  private static let longestRetry = 600.0
  /// Seconds from the first failure to the second attempt.
  private let retry: Double
  private let changed = NSCondition()
  private var thread: pthread_t?
  // All below is touched with `changed` locked.
  private var save: Save?
  private var isCopied = true
  /// When training began to wait for the copy.
  private var waitsSince: ContinuousClock.Instant?
  private var isWriting = false
  private var isHurried = false
  private var isEnded = false
  /// Attempts so far, of all saves.
  private var attempts = 0
  /// Failures of this save since the back-off began.
  private var failures = 0
  private var error: CheckpointError?

  init(retry: Double) {
    self.retry = retry
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<BackgroundSaver>.fromOpaque(pointer).takeRetainedValue().serve()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    precondition(status == 0, "the system has no room for another thread: \(status)")
    self.thread = thread
  }

  /// Ends the thread after the attempt that runs, if one does.
  func close() {
    guard let thread else { return }
    locked {
      isEnded = true
      changed.broadcast()
    }
    pthread_join(thread, nil)
    self.thread = nil
  }

  /// Waits until the save before is on disk or has failed once more, now; one that fails gives its place to
  /// the next, but the best to none that is not.
  ///
  /// - Returns: whether ``begin(_:)`` may follow.
  func makeRoom(forBest isBest: Bool) -> Bool {
    locked {
      awaitAttempt(hurrying: true)
      if let save, save.isBest && !isBest { return false }
      save = nil
      return true
    }
  }

  /// Has a save written. What it copies must not change before ``awaitCopy()`` returns.
  ///
  /// - Precondition: ``makeRoom(forBest:)`` has said that there is room.
  func begin(_ save: Save) {
    locked {
      precondition(self.save == nil && !isEnded, "a save before the last one's end")
      self.save = save
      (isCopied, failures) = (false, 0)
      changed.broadcast()
    }
  }

  /// Waits until the last save has its copy.
  func awaitCopy() {
    locked {
      guard !isCopied else { return }
      waitsSince = .now
      while !isCopied { changed.wait() }
    }
  }

  /// Waits until the last save is on disk, for so many attempts, the first of them now.
  ///
  /// - Returns: why it is not there; it is given up then.
  func finish(attempts: Int) -> CheckpointError? {
    locked {
      for attempt in 0..<attempts { awaitAttempt(hurrying: attempt == 0) }
      defer { save = nil }
      return save == nil ? nil : error
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    changed.lock()
    defer { changed.unlock() }
    return body()
  }

  /// Waits for the end of the attempt that runs, or of the next one, where anything is left to write.
  private func awaitAttempt(hurrying: Bool) {
    let target = attempts + 1
    if hurrying && !isWriting {
      (isHurried, failures) = (true, 0)
      changed.broadcast()
    }
    while save != nil && (attempts < target || isWriting) { changed.wait() }
  }
}

extension BackgroundSaver {
  /// The thread's life.
  private func serve() {
    locked {
      while true {
        while save == nil && !isEnded { changed.wait() }
        guard save != nil else { return }
        attempt()
        if isEnded { return }
        let deadline = Date(timeIntervalSinceNow: backOff)
        while save != nil, !isHurried, !isEnded, changed.wait(until: deadline) {}
      }
    }
  }

  /// Seconds until the next attempt.
  private var backOff: Double {
    min(retry * Double(1 << min(max(failures - 1, 0), 20)), Self.longestRetry)
  }

  /// Writes what is to be written, unlocked meanwhile. Nothing holds the state any longer when a save is
  /// said to be done: the next one needs its memory.
  private func attempt() {
    (isWriting, isHurried) = (true, false)
    failures += 1
    let retry = backOff
    let began = ContinuousClock.now
    if !isCopied { copy() }
    var current = save
    changed.unlock()
    var failure: CheckpointError?
    do throws(CheckpointError) {
      try current?.write()
      let seconds = (ContinuousClock.now - began).seconds
      current?.report(.written(stall: current?.stall ?? 0, seconds: seconds))
    } catch {
      failure = error
      current?.report(.failed(error, retry: retry))
    }
    // This thread's share of the C library's memory, megabytes of buffers, would stay for the next save.
    MatrixPool.trimSystemHeap()
    changed.lock()
    current = nil
    if failure == nil { save = nil }
    error = failure
    isWriting = false
    attempts += 1
    changed.broadcast()
  }

  /// Takes the copy, unlocked meanwhile.
  private func copy() {
    let current = save
    changed.unlock()
    current?.copy()
    changed.lock()
    if let since = waitsSince { save?.stall += (ContinuousClock.now - since).seconds }
    (isCopied, waitsSince) = (true, nil)
    changed.broadcast()
  }
}
