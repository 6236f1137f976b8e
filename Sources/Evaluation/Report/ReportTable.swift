import Foundation

extension EvaluationReport {
  /// The report for a terminal: every number has its match mode in its line.
  public var table: String {
    let header = [
      "", "match", "P", "R", "F1", "ceiling F1", "correct", "predicted", "gold", "sentences",
    ]
    let lines = rows.map { row in
      let (score, counts) = (row.score, row.score.counts)
      return [
        row.name, row.match, decimal(score.precision), decimal(score.recall), decimal(score.f1),
        score.ceiling.map { decimal($0.f1) } ?? "-",
        "\(counts.tp)", "\(counts.predicted)", "\(counts.gold)", "\(score.sentences)",
      ]
    }
    let kinds = ErrorKind.allCases.map { kind in
      [
        kind.rawValue, MatchMode.exact.rawValue, "\(errors[kind])",
        decimal(errors.perThousandGold(kind), places: 1),
      ]
    }
    return aligned([header] + lines)
      + "\n" + aligned([["wrong predictions", "match", "count", "per 1,000 gold"]] + kinds)
      + "\nNote: \(ElementScores.note).\n"
  }
}

extension ReportSummary {
  /// The summary for a terminal: mean ± sample standard deviation.
  public var table: String {
    let header = ["", "match", "P", "R", "F1"]
    let lines = rows.map { row in
      [row.name, row.match] + [row.precision, row.recall, row.f1].map(\.text)
    }
    return "\(runs) \(runs == 1 ? "run" : "runs"), \(sentences) sentences each\n"
      + aligned([header] + lines)
  }
}

extension Spread {
  fileprivate var text: String {
    deviation.map { "\(decimal(mean)) ± \(decimal($0))" } ?? decimal(mean)
  }
}

private func decimal(_ value: Double, places: Int = 4) -> String {
  String(format: "%.\(places)f", value)
}

/// Columns as wide as their widest cell: the first two to the left, numbers to the right.
private func aligned(_ lines: [[String]]) -> String {
  let columns = lines.map(\.count).max() ?? 0
  let widths = (0..<columns).map { i in lines.map { $0[i].count }.max() ?? 0 }
  return lines.map { line in
    let cells = zip(line, widths).enumerated().map { i, cell in
      let blanks = String(repeating: " ", count: cell.1 - cell.0.count)
      return i < 2 ? cell.0 + blanks : blanks + cell.0
    }
    return cells.joined(separator: "  ") + "\n"
  }.joined()
}
