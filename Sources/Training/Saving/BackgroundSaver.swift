import Checkpoints
import Foundation
import Limits
import Tensors

/// Copies the state of a run and writes it as a checkpoint, on a thread beside training; one save at a time.
///
/// A save that fails is tried again after a while, then after twice as long, and so on up to ten minutes,
/// until it is on disk or replaced by a later save. A pending save of the best checkpoint is never replaced by
/// one that is not the best.
final class BackgroundSaver: @unchecked Sendable {
  /// A checkpoint to write. The saver releases it, and with it the state of the run, once it is on disk.
  struct Save: Sendable {
    let isBest: Bool
    /// Seconds for which the save has held up training.
    var stall = 0.0
    /// Whether ``write`` may read the run's own state: the state is copied only where the first attempt fails.
    var isLive = false
    /// Copies the state that ``write`` writes; called at most once.
    let copy: @Sendable () -> Void
    /// Writes the state; called once for each attempt.
    let write: @Sendable () throws(CheckpointError) -> Void
    /// Called with the outcome of each attempt, on the saver's thread.
    let report: @Sendable (Outcome) -> Void
  }

  /// The end of an attempt.
  enum Outcome: Sendable {
    /// The checkpoint is on disk, after so many seconds, for some of which training waited.
    case written(stall: Double, seconds: Double)
    /// The next attempt begins after `retry` seconds, or earlier; none follows where that is `nil`.
    case failed(CheckpointError, retry: Double?)
  }

  private static let longestRetry = 600.0
  /// Seconds from the first failure to the second attempt.
  private let retry: Double
  private let changed = NSCondition()
  private var thread: SystemThread?
  // The properties below are used with `changed` locked.
  private var save: Save?
  private var isCopied = true
  /// The time at which training began to wait for the copy.
  private var waitsSince: ContinuousClock.Instant?
  private var isWriting = false
  private var isHurried = false
  private var isEnded = false
  /// Attempts so far, of all saves.
  private var attempts = 0
  /// The number of attempts at which a save is given up; `nil` while others follow.
  private var lastAttempt: Int?
  /// Failures of this save since the back-off began.
  private var failures = 0
  private var error: CheckpointError?

  init(retry: Double) {
    self.retry = retry
    thread = SystemThread("the thread that saves") { self.serve() }
  }

  /// Ends the thread, after the present attempt if there is one.
  func close() {
    guard let thread else { return }
    locked {
      isEnded = true
      changed.broadcast()
    }
    thread.join()
    self.thread = nil
  }

  /// Waits until the save before is on disk or has failed once more, in an attempt that begins now. A save
  /// that fails is dropped for the next, except the best checkpoint for one that is not the best.
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

  /// Has a save written. The state must not change before ``awaitCopy()`` returns.
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

  /// Waits until the last save has its copy, or is on disk.
  func awaitCopy() {
    locked {
      guard !isCopied else { return }
      waitsSince = .now
      while !isCopied { changed.wait() }
    }
  }

  /// Whether training waits in ``awaitCopy()``.
  var isAwaited: Bool { locked { waitsSince != nil } }

  /// Waits until the last save is on disk, for so many attempts, the first of which begins now.
  ///
  /// - Returns: the error of the last attempt, after which the save is given up.
  func finish(attempts: Int) -> CheckpointError? {
    locked {
      lastAttempt = self.attempts + attempts
      for attempt in 0..<attempts { awaitAttempt(hurrying: attempt == 0) }
      defer { (save, lastAttempt) = (nil, nil) }
      return save == nil ? nil : error
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    changed.lock()
    defer { changed.unlock() }
    return body()
  }

  /// Waits for the end of the present attempt, or of the next one, where a save is pending.
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
  /// The body of the thread.
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

  /// Writes the pending save, unlocked meanwhile. The state is released before the save counts as done, since
  /// the next save needs its memory.
  private func attempt() {
    (isWriting, isHurried) = (true, false)
    failures += 1
    let retry = backOff
    let began = ContinuousClock.now
    if save?.isLive == false { copy() }
    var current = save
    changed.unlock()
    var failure: CheckpointError?
    do throws(CheckpointError) { try current?.write() } catch { failure = error }
    let seconds = (ContinuousClock.now - began).seconds
    changed.lock()
    if failure != nil { copy() }
    endWait()
    let stall = save?.stall ?? 0
    let isLast = lastAttempt.map { attempts + 1 >= $0 } ?? false
    let next = isLast ? nil : retry
    changed.unlock()
    current?.report(
      failure.map { .failed($0, retry: next) } ?? .written(stall: stall, seconds: seconds))
    // The C library would keep this thread's buffers, megabytes, for the next save.
    MatrixPool.trimSystemHeap()
    changed.lock()
    current = nil
    if failure == nil { save = nil }
    error = failure
    isWriting = false
    attempts += 1
    changed.broadcast()
  }

  /// Copies the state where that was not done, unlocked meanwhile.
  private func copy() {
    guard !isCopied else { return }
    let current = save
    changed.unlock()
    current?.copy()
    changed.lock()
    endWait()
  }

  /// Lets training change its state.
  private func endWait() {
    if let since = waitsSince { save?.stall += (ContinuousClock.now - since).seconds }
    (isCopied, waitsSince) = (true, nil)
    changed.broadcast()
  }
}
