import Collectives
import Dispatch
import Glibc
import Limits

/// Reports the place of this rank from a background thread, whatever the rank waits for: every rank reports to
/// rank 0, and rank 0 to rank 1. The thread of rank 0 names ranks that do not get on; that of rank 1 names
/// rank 0 where it falls silent. Between two looks a thread sleeps.
final class Watchdog {
  private let beats: Heartbeats?
  private let stopping = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var isRunning = true

  /// Starts the thread; every rank does.
  ///
  /// - Parameters:
  ///   - hosts: the host of each rank.
  ///   - tell: called with each stall on ranks 0 and 1, in the thread.
  init(
    _ options: RunOptions.WatchdogOptions, _ whereabouts: Whereabouts,
    hosts: [String], on session: borrowing Session, tell: @escaping @Sendable (Stall) -> Void
  ) throws {
    beats = session.size > 1 ? try Heartbeats(on: session) : nil
    let interval = min(1, options.seconds / 4)
    let (beats, stopping, ended, rank) = (beats, stopping, ended, session.rank)
    SystemThread("the watchdog") {
      var guardian =
        rank > 1
        ? nil : Guardian(options, isFirst: rank == 0, hosts: hosts, interval: interval, tell: tell)
      repeat {
        let look = Result { () throws(MPIError) in
          try beats?.send(whereabouts.place.packed)
          try guardian?.look(whereabouts.place, beats)
        }
        // The thread that waits in MPI meets the error too, and reports it.
        if case .failure = look { break }
      } while stopping.wait(timeout: .now() + interval) == .timedOut
      ended.signal()
    }.detach()
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
  /// A rank that does not get on, with what a report of it says.
  struct Stall: Sendable {
    let found: StallDetector.Stall
    let host: String
    /// Whether the job ends now because of this rank.
    let isFatal: Bool
  }
}

/// Judges the ranks that a thread hears from: on rank 0 all ranks, on rank 1 rank 0 alone.
private struct Guardian {
  /// The exit status of a job that is ended here: that of `timeout` for a command that ran out of time.
  private static let status: Int32 = 124

  private let options: RunOptions.WatchdogOptions
  private let isFirst: Bool
  private let hosts: [String]
  private let interval: Double
  private let tell: @Sendable (Watchdog.Stall) -> Void
  private let clock = ContinuousClock()
  private var last = ContinuousClock().now
  /// Seconds that this thread has watched. A pause of the thread itself counts for two intervals at most,
  /// since it heard from no rank meanwhile.
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
        tell(Watchdog.Stall(found: found, host: hosts[found.rank], isFatal: isFatal))
      }
      if isFatal {
        beats?.abort(status: Self.status)
        _exit(Self.status)
      }
    }
  }

  /// Tells that rank 0 stood still and goes on.
  private func tellOfPause(_ place: Place, _ seconds: Double) {
    let pause = StallDetector.Stall(
      rank: 0, place: place, seconds: seconds, isSilent: true, isNew: true)
    tell(Watchdog.Stall(found: pause, host: hosts[0], isFatal: false))
  }
}
