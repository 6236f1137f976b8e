import Foundation
import RunLogs
import Typesetting

/// What a log says of a run's ranks and of the phases of a step.
struct RankReport {
  private let log: LoggedRun
  private let times: [[Double]]

  init(_ log: LoggedRun) {
    self.log = log
    times = log.run.ranks.compactMap {
      guard case .ranks(let seconds, _) = $0.content else { return nil }
      return seconds
    }
  }

  /// The report in lines that fit the terminal.
  func text(width: Int?) -> String {
    ([["\(log.name):"], ranks(width), phases(width), events(width)].flatMap { $0 })
      .joined(separator: "\n")
  }

  /// A line a rank: the mean of its own seconds of a step, and its ratio to the median rank.
  private func ranks(_ width: Int?) -> [String] {
    // Another start may have had other ranks: the last number of them counts.
    let count = times.last?.count ?? 0
    let same = times.filter { $0.count == count }
    guard count > 0 else {
      return Lines.wrapped(
        "no times of ranks: the run has one rank, or watchdog.report steps have not passed",
        to: width)
    }
    let means = (0..<count).map { rank in
      same.reduce(0) { $0 + $1[rank] } / Double(same.count)
    }
    let sorted = means.sorted()
    let median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    let table = TextTable(
      header: ["rank", "seconds a step", "of the median"],
      rows: means.enumerated().map { rank, mean in
        [
          "\(rank)", Figures.significant(mean, digits: 3),
          median > 0 ? String(format: "%.2f", mean / median) : "–",
        ]
      }, keys: 1)
    return table.lines(width: width)
  }

  /// The phases of a step on rank 0, the longest first.
  private func phases(_ width: Int?) -> [String] {
    let entries = log.run.steps.map(\.entry.seconds)
    let sums = entries.reduce(into: [String: Double]()) { $0.merge($1) { $0 + $1 } }
    let total = sums.values.reduce(0, +)
    guard total > 0 else { return [] }
    let shares = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      String(format: "%@ %.1f %%", $0.key, 100 * $0.value / total)
    }
    return Lines.wrapped(
      ["phases of rank 0: \(shares[0])"] + shares.dropFirst(), to: width, indent: 2, between: ", ")
  }

  private func events(_ width: Int?) -> [String] {
    log.run.ranks.compactMap(\.rankText).flatMap { Lines.wrapped($0, to: width, indent: 2) }
  }
}

extension RunLogEntry {
  /// What the entry says of a rank that held up the others; `nil` for all other entries.
  var rankText: String? {
    switch content {
    case .straggler(let rank, let host, let times, let step):
      String(
        format: "step %d: rank %d on %@ takes %.1f times as long as the others", step, rank, host,
        times)
    case .stall(let rank, let host, let seconds, let step):
      String(
        format: "step %d: rank %d on %@ has not finished for %.1f s", step, rank, host, seconds)
    default: nil
    }
  }
}
