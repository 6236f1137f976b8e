import Collectives
import Foundation

extension Trainer {
  /// Starts to watch the ranks, if the options and MPI allow it.
  ///
  /// - Parameter warn: prints a warning, on whatever rank.
  func startWatchdog(
    on session: borrowing Session, warn: @escaping @Sendable (String) -> Void
  ) throws -> Watchdog? {
    let options = run.options.watchdog
    guard options.seconds > 0 else { return nil }
    guard try session.agree(session.size == 1 || session.threadSupport == .multiple) else {
      voice.warn("warning: MPI does not let several threads call it; no rank is watched")
      return nil
    }
    whereabouts.enter(Place(step: run.progress.step + 1))
    return try Watchdog(options, whereabouts, hosts: hosts, on: session) { [warn, log] stall in
      warn("warning: \(stall)")
      log?.write(stall.entry)
    }
  }

  /// Tells how long the ranks' steps take, and which of them hold up the others.
  func report(_ ranks: Stragglers.Report) {
    guard let log else { return }
    log.write(["event": "ranks", "step": run.progress.step, "seconds": ranks.seconds])
    for (rank, times) in ranks.named {
      voice.warn(
        String(
          format: "warning: rank %d on %@ takes %.1f times as long as the others, over %d steps",
          rank, hosts[rank], times, run.options.watchdog.report))
      log.write([
        "event": "straggler", "rank": rank, "host": hosts[rank], "step": run.progress.step,
        "times": times,
      ])
    }
  }
}

extension Watchdog.Stall: CustomStringConvertible {
  var description: String {
    let (place, time) = (found.place, String(format: "%.1f s", found.seconds))
    let state = found.isSilent ? "it says nothing, last seen in" : "it is in"
    return "rank \(found.rank) on \(host) has not finished step \(place.step) for \(time): "
      + "\(state) \(place.phase.rawValue)" + (isFatal ? "; the job ends (watchdog.abort)" : "")
  }

  /// For the run log.
  fileprivate var entry: [String: any Sendable] {
    [
      "event": isFatal ? "abort" : "stall", "rank": found.rank, "host": host,
      "step": found.place.step, "phase": found.place.phase.rawValue, "seconds": found.seconds,
      "silent": found.isSilent,
    ]
  }
}
