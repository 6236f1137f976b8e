import Foundation
import Typesetting

/// An epoch that has ended, as a line for people.
package struct EpochRow: Sendable {
  /// A number with its name, and its place when columns are wanted: those of a high rank go first.
  struct Cell {
    let name: String
    let text: String
    let rank: Int
  }

  /// The cells in their order.
  let cells: [Cell]
  /// Whether the evaluation found the best score so far.
  let isBest: Bool
  private let epoch: String

  init(_ tally: EpochTally, epochs: Int?, _ scores: EvaluationEntry?, elapsed: Double?) {
    let number = tally.epoch + 1
    epoch = "epoch \(number)" + (epochs.map { "/\($0)" } ?? "")
    isBest = scores?.isBest ?? false
    func score(_ value: Double?) -> String { value.map(Figures.score) ?? "–" }
    cells =
      [Cell(name: "epoch", text: "\(number)", rank: 0)]
      + tally.losses.enumerated().map { index, loss in
        Cell(
          name: loss.name, text: loss.mean.map { Figures.significant($0, digits: 4) } ?? "–",
          rank: index == 0 ? 2 : 4)
      } + [
        Cell(name: "norm", text: Figures.significant(tally.norm, digits: 3), rank: 8),
        Cell(name: "sent/s", text: Figures.significant(tally.speed, digits: 3), rank: 9),
        Cell(name: "dev P", text: score(scores?.precision), rank: 7),
        Cell(name: "dev R", text: score(scores?.recall), rank: 6),
        Cell(name: "dev F1", text: score(scores?.f1), rank: 1),
      ] + (scores?.tagF1.map { [Cell(name: "tag F1", text: score($0), rank: 5)] } ?? [])
      + (elapsed.map { [Cell(name: "time", text: Figures.clock($0), rank: 3)] } ?? [])
  }

  /// The row with a name before each number, as it stands in a log file.
  package var line: String {
    let rest = cells.dropFirst().map { "\($0.name) \($0.text)" }
    return ([epoch] + rest + (isBest ? ["*"] : [])).joined(separator: "  ")
  }
}
