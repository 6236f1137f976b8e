import Typesetting

/// How far a run is, in one line.
package struct ProgressLine: Sendable {
  /// The epoch under way, from 1, and all of them.
  let epoch: String
  /// The part of the epoch that is done, from 0 to 1.
  let share: Double
  /// The last update and all of them.
  let step: String
  /// The losses of the last update; `nil` for one that nothing was asked of.
  let losses: [(name: String, value: Double?)]
  let sentencesPerSecond: Double
  /// The best score so far.
  let best: Double?
  /// Seconds to the end.
  let left: Double?
  /// What the run does in place of a step.
  let activity: String?

  /// The line with all fields, as it stands in a log file.
  package var line: String {
    (["epoch \(epoch)", percent, step] + losses.map { loss($0) } + [speed] + end).joined(
      separator: "  ")
  }

  /// The line in at most `width` columns: the bar takes what the other fields leave, and where they leave too little
  /// the bar goes, then the fields that matter less.
  ///
  /// - Parameter isColoured: whether the bar has colours.
  package func text(width: Int, isColoured: Bool) -> String {
    let all = losses.map { loss($0) }.joined(separator: " ")
    let rest = [paddedPercent, activity ?? step, all, speed]
    for fields in [rest + end, rest + end.suffix(1)] {
      if let line = withBar(fields, width: width, isColoured: isColoured) { return line }
    }
    let first = Array(losses.prefix(1).map { loss($0) })
    let short = [best.map { "best \(Figures.score($0))" }, shortLeft].compactMap { $0 }
    let wide = [
      [epoch] + rest + end, [epoch, percent, all, speed] + end, [epoch, percent, all] + end,
    ]
    let narrow = [first + short, short, Array(short.suffix(1)), []].map { [epoch, percent] + $0 }
    let lines =
      wide.map { $0.joined(separator: "  ") } + narrow.map { $0.joined(separator: " ") }
    return lines.first { $0.columns <= width } ?? Lines.fitted(lines[lines.count - 1], to: width)
  }

  /// The epoch, a bar of six columns or more, and the fields; `nil` where they are too wide.
  private func withBar(_ fields: [String], width: Int, isColoured: Bool) -> String? {
    let start = epoch.padded(to: 6, onTheLeft: true)
    let end = fields.joined(separator: "  ")
    let left = width - start.columns - end.columns - 3
    guard left >= 6 else { return nil }
    return "\(start) \(bar(columns: min(left, 30), isColoured: isColoured))  \(end)"
  }

  private func bar(columns: Int, isColoured: Bool) -> String {
    let halves = Int((share * Double(2 * columns)).rounded(.down))
    let done = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
    let rest = String(repeating: "─", count: columns - done.count)
    return isColoured ? "\u{1B}[32m\(done)\u{1B}[2;39m\(rest)\u{1B}[0m" : done + rest
  }

  private var percent: String { "\(Int((100 * share).rounded(.down)))%" }
  private var paddedPercent: String { percent.padded(to: 4, onTheLeft: true) }
  private var speed: String { "\(Figures.significant(sentencesPerSecond, digits: 3))/s" }
  private var shortLeft: String? { left.map { "\(Figures.shortDuration($0)) left" } }

  private var end: [String] {
    [
      best.map { "best \(Figures.score($0))" }, left.map { "\(Figures.duration($0)) left" },
    ].compactMap { $0 }
  }

  private func loss(_ loss: (name: String, value: Double?)) -> String {
    "\(loss.name) \(loss.value.map { Figures.significant($0, digits: 3) } ?? "–")"
  }
}
