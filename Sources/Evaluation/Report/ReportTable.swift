import Foundation
import Typesetting

extension EvaluationReport {
  /// The report for a terminal of `width` columns, `nil` for lines of any length: every number has its match mode
  /// beside it.
  public func table(width: Int? = nil) -> String {
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
    let errorHeader = ["wrong predictions", "match", "count", "per 1,000 gold"]
    let parts = [
      TextTable(header: header, rows: lines, keys: 2).lines(width: width),
      TextTable(header: errorHeader, rows: kinds, keys: 2).lines(width: width),
      Lines.wrapped("Note: \(ElementScores.note).", to: width),
    ]
    return parts.joined(separator: [""]).map { $0 + "\n" }.joined()
  }
}

extension ReportSummary {
  /// The summary for a terminal of `width` columns, `nil` for lines of any length: mean ± sample standard
  /// deviation.
  public func table(width: Int? = nil) -> String {
    let header = ["", "match", "P", "R", "F1"]
    let lines = rows.map { row in
      [row.name, row.match] + [row.precision, row.recall, row.f1].map(\.text)
    }
    let title = "\(runs) \(runs == 1 ? "run" : "runs"), \(sentences) sentences each\n"
    let table = TextTable(header: header, rows: lines, keys: 2).lines(width: width)
    return title + table.map { $0 + "\n" }.joined()
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
