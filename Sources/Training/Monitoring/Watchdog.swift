import Collectives
import Dispatch
import Foundation

/// A thread a rank that tells how far the rank is, whatever the rank waits for; that of rank 0 names the ranks
/// that do not get on, and that of rank 1 names rank 0 where it says nothing. Between two looks it sleeps.
final class Watchdog {
  private let beats: Heartbeats?
  private let stopping = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var isRunning = true

  /// Starts the thread; every rank does.
  ///
  /// - Parameters:
  ///   - hosts: of the ranks.
  ///   - tell: is told of stalls on ranks 0 and 1, in the thread.
  init(
    _ options: RunOptions.WatchdogOptions, _ whereabouts: Whereabouts,
    hosts: [String], on session: borrowing Session, tell: @escaping @Sendable (Stall) -> Void
  ) throws {
    beats = session.size > 1 ? try Heartbeats(on: session) : nil
    let interval = min(1, options.seconds / 4)
    let (beats, stopping, ended, rank) = (beats, stopping, ended, session.rank)
    Thread.detachNewThread {
      var guardian =
        rank > 1
        ? nil : Guardian(options, isFirst: rank == 0, hosts: hosts, interval: interval, tell: tell)
      repeat {
        let look = Result { () throws(MPIError) in
          try beats?.send(whereabouts.place.packed)
          try guardian?.look(whereabouts.place, beats)
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
    let found: StallDetector.Stall
    let host: String
    /// Whether the job ends now because of it.
    let isFatal: Bool

    init(_ found: StallDetector.Stall, host: String, isFatal: Bool) {
      self.found = found
      self.host = host
      self.isFatal = isFatal
    }
  }
}

/// What the thread of rank 0 knows of all ranks, and that of rank 1 of rank 0.
private struct Guardian {
  /// The exit status of a job that it ends: that of a command that has run out of time, as `timeout` says it.
  private static let status: Int32 = 124

  private let options: RunOptions.WatchdogOptions
  private let isFirst: Bool
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
    _ options: RunOptions.WatchdogOptions, isFirst: Bool, hosts: [String], interval: Double,
    tell: @escaping @Sendable (Watchdog.Stall) -> Void
  ) {
    self.options = options
    self.isFirst = isFirst
    self.hosts = hosts
    self.interval = interval
    self.tell = tell
    detector = StallDetector(
      ranks: isFirst ? hosts.count : 1, limit: options.seconds, quiet: 3 * interval,
      namesOnlySilent: !isFirst, at: 0)
  }

  mutating func look(_ own: Place, _ beats: Heartbeats?) throws(MPIError) {
    let now = clock.now
    let elapsed = (now - last).seconds
    last = now
    time += min(elapsed, 2 * interval)
    let moment = time
    try beats?.receive { detector.hear(Place(packed: $1), from: $0, at: moment) }
    if isFirst {
      detector.hear(own, from: 0, at: time)
      if elapsed > options.seconds + interval { tellOfPause(own, elapsed) }
    }
    for found in detector.stalls(at: time) {
      let isFatal = options.abort > 0 && found.seconds > options.abort
      if found.isNew || isFatal {
        tell(Watchdog.Stall(found, host: hosts[found.rank], isFatal: isFatal))
      }
      if isFatal {
        beats?.abort(status: Self.status)
        _exit(Self.status)
      }
    }
  }

  /// Rank 0 stood still and goes on.
  private func tellOfPause(_ place: Place, _ seconds: Double) {
    let pause = StallDetector.Stall(
      rank: 0, place: place, seconds: seconds, isSilent: true, isNew: true)
    tell(Watchdog.Stall(pause, host: hosts[0], isFatal: false))
  }
}
