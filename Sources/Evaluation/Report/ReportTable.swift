import Foundation
import Typesetting

extension EvaluationReport {
  /// The report for a terminal of `width` columns, `nil` for lines of any length: every number has its match mode
  /// beside it.
  public func table(width: Int? = nil) -> String {
    let header = [
      "", "match", "P", "R", "F1", "95 % interval", "ceiling F1", "correct", "predicted", "gold",
      "sentences",
    ]
    let lines = rows.map { row in
      let (score, counts) = (row.score, row.score.counts)
      return [
        row.name, row.match, decimal(score.precision), decimal(score.recall), decimal(score.f1),
        score.interval.map { "[\(decimal($0.low)), \(decimal($0.high))]" } ?? "-",
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

private func decimal(_ value: Double, places: Int = 4) -> String {
  String(format: "%.\(places)f", value)
}
