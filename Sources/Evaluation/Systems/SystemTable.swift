import Foundation
import Typesetting

extension EvaluationResult {
  /// All systems in one table, with what their letters mean above it.
  ///
  /// - Parameter width: columns of the terminal; `nil` for lines of any length.
  public func table(width: Int? = nil) -> String {
    let few = systems.contains { $0.runs.count < 3 }
    let notes = few ? ["fewer than three seeds of a system tell little about the next seed"] : []
    let compared =
      systems.count < 2
      ? []
      : [
        "interval, difference from A and p: paired bootstrap over sentences, "
          + "\(Bootstrap.resamples) resamples; p by Holm for all together, * below .05"
      ]
    let lines =
      zip(letters, systems).flatMap { Lines.wrapped("\($0)  \($1.name)", to: width, indent: 3) }
      + rows.lines(width: width) + (compared + notes).flatMap { Lines.wrapped($0, to: width) }
    return lines.map { $0 + "\n" }.joined()
  }

  private var letters: [String] {
    systems.indices.map { index in
      index < 26
        ? String(Character(Unicode.Scalar(UInt8(65 + index)))) : "S\(index + 1)"
    }
  }

  private var rows: TextTable {
    let header = ["", "seeds", "P", "R", "F1 mean ± sd", "95 % interval", "- A", "p"]
    let lines = zip(letters, systems).enumerated().map { index, pair in
      let (letter, system) = pair
      let other = index == 0 ? nil : comparison?.differences[index - 1]
      return [
        letter, "\(system.runs.count)", Figures.shortScore(system.precision.mean),
        Figures.shortScore(system.recall.mean),
        system.f1.text, system.interval.text,
        other.map { "\(Figures.shortScore($0.difference)) \($0.interval.text)" } ?? "-",
        other?.pText ?? "-",
      ]
    }
    let shown = comparison == nil ? header.count - 2 : header.count
    return TextTable(
      header: Array(header.prefix(shown)), rows: lines.map { Array($0.prefix(shown)) }, keys: 1)
  }
}

extension Spread {
  fileprivate var text: String {
    deviation.map { "\(Figures.shortScore(mean)) ± \(Figures.shortScore($0))" }
      ?? Figures.shortScore(mean)
  }
}

extension SystemComparison.Difference {
  fileprivate var pText: String {
    Figures.shortScore((adjustedP * 1000).rounded(.up) / 1000) + (isSignificant ? " *" : "")
  }
}
