import Collectives

/// Watches the ranks of a run: how far each is, which of them hold up the others, how long their steps take.
final class RankMonitor {
  /// The place of this rank, kept up to date by the thread that trains.
  let whereabouts = Whereabouts()
  private let options: RunOptions.WatchdogOptions
  /// The host of each rank.
  private let hosts: [String]
  private var stragglers: Stragglers
  private var watchdog: Watchdog?

  /// Learns the hosts of all ranks; every rank makes a monitor.
  init(_ options: RunOptions.WatchdogOptions, on session: borrowing Session) throws {
    self.options = options
    let names = try session.gather(bytes: Array(Session.hostName.utf8)).joined(separator: [0x0A])
    let list = try session.broadcast(bytes: Array(names), from: 0)
    hosts = list.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    stragglers = Stragglers(ranks: session.size, factor: options.straggler)
  }

  /// Starts the watchdog, if the options and MPI allow it.
  ///
  /// - Parameter step: the last update that is done.
  func watch(from step: Int, _ reporter: Reporter, on session: borrowing Session) throws {
    guard options.seconds > 0 else { return }
    guard try session.agree(session.size == 1 || session.threadSupport == .multiple) else {
      reporter.warn("MPI does not let several threads call it; no rank is watched")
      return
    }
    whereabouts.enter(Place(step: step + 1))
    watchdog = try Watchdog(options, whereabouts, hosts: hosts, on: session) {
      reporter.tellFromAnyRank(.stall($0))
    }
  }

  /// Takes down how long a step of this rank took, and compares the ranks after every `watchdog.report`
  /// steps.
  ///
  /// - Parameters:
  ///   - seconds: of each phase of the step.
  ///   - cost: of this rank's sentences.
  /// - Returns: the reports of the comparison, the same on every rank.
  func compare(
    _ seconds: [Phase: Double], cost: Int, step: Int, on session: borrowing Session
  ) throws -> [Report] {
    guard session.size > 1, options.seconds > 0 else { return [] }
    stragglers.add(seconds, cost: cost)
    guard step % options.report == 0 else { return [] }
    let comparison = try stragglers.report(on: session)
    let slow = comparison.named.map { rank, times in
      Report.straggler(
        rank: rank, host: hosts[rank], times: times, step: step, steps: options.report)
    }
    return [.ranks(comparison.seconds, step: step)] + slow
  }

  /// Ends the watchdog on every rank.
  func finish(on session: borrowing Session) throws { try watchdog?.finish(on: session) }
}
