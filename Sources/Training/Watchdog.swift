import Collectives
import Dispatch
import Foundation

/// A thread a rank that tells rank 0 how far the rank is, whatever the rank waits for; that of rank 0 names
/// the ranks that do not get on. Between two looks it sleeps.
final class Watchdog {
  private let beats: Heartbeats?
  private let stopping = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var isRunning = true

  /// Starts the thread; every rank does.
  ///
  /// - Parameters:
  ///   - hosts: of the ranks, on rank 0.
  ///   - tell: is told of stalls on rank 0, in the thread.
  init(
    _ options: RunOptions.WatchdogOptions, _ whereabouts: Whereabouts,
    hosts: [String], on session: borrowing Session, tell: @escaping @Sendable (Stall) -> Void
  ) throws {
    beats = session.size > 1 ? try Heartbeats(on: session) : nil
    let interval = min(1, options.seconds / 4)
    let (beats, stopping, ended, isFirst) = (beats, stopping, ended, session.rank == 0)
    Thread.detachNewThread {
      var guardian = isFirst ? Guardian(options, hosts: hosts, interval: interval, tell: tell) : nil
      repeat {
        let look = Result { () throws(MPIError) in
          if guardian == nil {
            try beats?.send(whereabouts.place.packed)
          } else {
            try guardian?.look(whereabouts.place, beats)
          }
        }
        // Whoever waits in MPI meets the error too, and says so.
        if case .failure = look { break }
      } while stopping.wait(timeout: .now() + interval) == .timedOut
      ended.signal()
    }
  }

  deinit { stop() }

  /// Ends the thread without waiting for other ranks.
  private func stop() {
    guard isRunning else { return }
    isRunning = false
    stopping.signal()
    ended.wait()
  }

  /// Ends the thread on every rank.
  func finish(on session: borrowing Session) throws {
    stop()
    try beats?.finish(on: session)
  }
}

extension Watchdog {
  /// What is to be told of a rank that does not get on.
  struct Stall: Sendable {
    let rank: Int
    let host: String
    let place: Place
    let seconds: Double
    let isSilent: Bool
    /// Whether the job ends now because of it.
    let isFatal: Bool
  }
}

/// What the thread of rank 0 knows.
private struct Guardian {
  /// The exit status of a job that it ends: that of a command that has run out of time, as `timeout` says it.
  private static let status: Int32 = 124

  private let options: RunOptions.WatchdogOptions
  private let hosts: [String]
  private let interval: Double
  private let tell: @Sendable (Watchdog.Stall) -> Void
  private let clock = ContinuousClock()
  private var last = ContinuousClock().now
  /// Seconds that this thread has watched. While it stood still itself it heard nobody, and that is not
  /// the others' fault.
  private var time = 0.0
  private var detector: StallDetector

  init(
    _ options: RunOptions.WatchdogOptions, hosts: [String], interval: Double,
    tell: @escaping @Sendable (Watchdog.Stall) -> Void
  ) {
    self.options = options
    self.hosts = hosts
    self.interval = interval
    self.tell = tell
    detector = StallDetector(
      ranks: hosts.count, limit: options.seconds, quiet: 3 * interval, at: 0)
  }

  mutating func look(_ own: Place, _ beats: Heartbeats?) throws(MPIError) {
    let now = clock.now
    let elapsed = (now - last).seconds
    last = now
    time += min(elapsed, 2 * interval)
    detector.hear(own, from: 0, at: time)
    let moment = time
    try beats?.receive { detector.hear(Place(packed: $1), from: $0, at: moment) }
    if elapsed > options.seconds + interval { tell(stall(0, own, elapsed, isSilent: true)) }
    for found in detector.stalls(at: time) {
      let stall = stall(found.rank, found.place, found.seconds, isSilent: found.isSilent)
      if found.isNew || stall.isFatal { tell(stall) }
      if stall.isFatal {
        beats?.abort(status: Self.status)
        _exit(Self.status)
      }
    }
  }

  private func stall(
    _ rank: Int, _ place: Place, _ seconds: Double, isSilent: Bool
  ) -> Watchdog.Stall {
    Watchdog.Stall(
      rank: rank, host: hosts[rank], place: place, seconds: seconds, isSilent: isSilent,
      isFatal: options.abort > 0 && seconds > options.abort)
  }
}
