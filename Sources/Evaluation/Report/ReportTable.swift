import Foundation
import Typesetting

extension EvaluationReport {
  /// The report for a terminal of `width` columns, `nil` for lines of any length: every row, and every number with
  /// its match mode beside it.
  public func table(width: Int? = nil) -> String {
    let parts = [
      scores.lines(width: width),
      byRelation.isEmpty ? [] : relations.lines(width: width),
      errorKinds.lines(width: width),
      Self.kinds([faults.wrongParts, faults.missingParts], width: width),
      remarks(width: width),
      Lines.wrapped("Note: \(ElementScores.note).", to: width),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: [""]).map { $0 + "\n" }.joined()
  }

  private var scores: TextTable {
    let header = [
      "", "match", "P", "R", "F1", "95 % interval", "ceiling F1", "correct", "predicted", "gold",
      "sentences",
    ]
    let lines = rows.map { row in
      let ceiling = row.score.ceiling.map { decimal($0.f1) } ?? "-"
      return [row.name, row.match] + row.score.quotients + [ceiling] + row.score.numbers
        + ["\(row.score.sentences)"]
    }
    return TextTable(header: header, rows: lines, keys: 2)
  }

  private var relations: TextTable {
    let header = [
      "relation, worst first", "match", "P", "R", "F1", "95 % interval", "correct", "predicted",
      "gold", "taken for",
    ]
    let lines = byRelation.map { relation in
      let taken = relation.takenFor.map { "\($0.relation) (\($0.count))" }
      return [relation.name, options.matchLabel] + relation.score.quotients
        + relation.score.numbers + [taken.joined(separator: ", ")]
    }
    return TextTable(header: header, rows: lines, keys: 2)
  }

  private var errorKinds: TextTable {
    let lines = ErrorKind.allCases.map { kind in
      [kind.rawValue, MatchMode.exact.rawValue, "\(errors[kind])", errors.rate(of: kind)]
    }
    return TextTable(
      header: ["wrong predictions", "match", "count", "per 1,000 gold"], rows: lines, keys: 2)
  }
}

extension Score {
  /// P, R, F1 and interval with four decimals.
  fileprivate var quotients: [String] {
    [
      decimal(precision), decimal(recall), decimal(f1),
      interval.map { "[\(decimal($0.low)), \(decimal($0.high))]" } ?? "-",
    ]
  }

  /// The counts of triples.
  fileprivate var numbers: [String] { ["\(counts.tp)", "\(counts.predicted)", "\(counts.gold)"] }
}

private func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
