import Foundation
import Typesetting

/// The further rows that a report prints.
public enum ReportRows: String, Hashable, Sendable, CaseIterable {
  /// Each relation, worst first, with what it is taken for.
  case relation
  /// Overlap classes.
  case `class`
  /// Sentences by their number of triples.
  case count
  /// Entities and sentences by their number of tokens.
  case length
  /// All rows.
  case all
}

extension EvaluationReport {
  /// The worst relations that are printed unasked, and the gold triples that they have at least.
  private static let (worst, fewest) = (5, 5)

  /// The report for people: the headline scores, the worst relations and the kinds of errors.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal; `nil` for lines of any length.
  ///   - asked: the rows besides.
  public func text(width: Int? = nil, rows asked: [ReportRows] = []) -> String {
    let all = asked.contains(.all)
    func shows(_ rows: ReportRows) -> Bool { all || asked.contains(rows) }
    let shown = rows.filter { $0.part.map(shows) ?? true }
    let common = byRelation.filter { $0.score.counts.gold >= Self.fewest }
    let relations = shows(.relation) ? byRelation : Array(common.prefix(Self.worst))
    let parts = [
      Self.table(shown, match: options.matchLabel, width: width),
      relations.isEmpty ? [] : Self.table(relations, of: byRelation.count, width: width),
      Self.kinds([faults.wrongParts, errors.parts, faults.missingParts], width: width),
      remarks(width: width),
      all ? Lines.wrapped("Note: \(ElementScores.note).", to: width) : [],
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: [""]).map { $0 + "\n" }.joined()
  }

  private static func table(_ rows: [Row], match: String, width: Int?) -> [String] {
    let header = [
      "", "P", "R", "F1", "95 % interval", "ceiling", "correct", "pred.", "gold",
    ]
    let lines = rows.map { row in
      let name = row.name == "all" ? row.match : row.name
      let label = row.match == match || row.name == "all" ? name : "\(name) (\(row.match))"
      return [label] + row.score.cells
    }
    return TextTable(header: header, rows: lines, keys: 1).lines(width: width)
  }

  private static func table(
    _ relations: [RelationScore], of count: Int, width: Int?
  ) -> [String] {
    let header = ["relation, worst first", "P", "R", "F1", "gold", "mostly taken for"]
    let lines = relations.map { relation in
      let score = relation.score
      let taken = relation.takenFor.prefix(2).map { "\($0.relation) (\($0.count))" }
      return [
        relation.name, Figures.shortScore(score.precision), Figures.shortScore(score.recall),
        Figures.shortScore(score.f1),
        "\(score.counts.gold)", taken.joined(separator: ", "),
      ]
    }
    let rest = count - relations.count
    return TextTable(header: header, rows: lines, keys: 1).lines(width: width)
      + (rest > 0 ? ["\(Figures.plainCount(rest, "more relation")): --by relation"] : [])
  }

  /// Kinds of wrong and of missing triples with their numbers: lists that begin a line each, but for empty ones.
  static func kinds(_ lists: [[String]], width: Int?) -> [String] {
    lists.filter { !$0.isEmpty }
      .flatMap { Lines.wrapped($0, to: width, indent: 2, between: "  ") }
  }

  /// What is to be said of sentences without triples and of probabilities, if anything.
  func remarks(width: Int?) -> [String] {
    [withoutTriples, calibration?.line].compactMap { $0 }.flatMap { Lines.wrapped($0, to: width) }
  }

  /// A line about sentences without gold triples, if there are any.
  private var withoutTriples: String? {
    guard let score = byTripleCount[.none], score.sentences > 0 else { return nil }
    return "sentences without triples: \(score.sentences), in \(score.bySentence.count) of them "
      + "\(Figures.plainCount(score.counts.predicted, "triple")) "
      + (score.counts.predicted == 1 ? "is" : "are") + " predicted"
  }
}

extension Score {
  /// P, R, F1, interval, ceiling and counts as a row of a table.
  fileprivate var cells: [String] {
    [
      Figures.shortScore(precision), Figures.shortScore(recall), Figures.shortScore(f1),
      interval?.text ?? "-",
      ceiling.map { Figures.shortScore($0.f1) } ?? "-", "\(counts.tp)", "\(counts.predicted)",
      "\(counts.gold)",
    ]
  }
}

extension Interval {
  /// The interval as tables print it: `[.553, .601]`.
  var text: String { "[\(Figures.shortScore(low)), \(Figures.shortScore(high))]" }
}

extension Calibration {
  /// The expected error in a line.
  fileprivate var line: String {
    "probabilities of \(Figures.plainCount(bins.reduce(0) { $0 + $1.count }, "triple")): "
      + "expected calibration error "
      + Figures.shortScore(expectedError)
  }
}

extension Faults {
  /// The number of wrong predictions, then that of each kind.
  var wrongParts: [String] { ["wrong \(wrong):"] + counted(wrong) }

  /// The number of missing triples, then that of each kind.
  var missingParts: [String] { ["missing \(missing):"] + counted(missing) }

  private func counted(_ count: (FaultKind) -> Int) -> [String] {
    FaultKind.allCases.compactMap { count($0) == 0 ? nil : "\(name(of: $0)) \(count($0))" }
  }

  private func name(of kind: FaultKind) -> String {
    kind == .beyondLimit ? "beyond \(limit ?? 0) triples" : kind.rawValue
  }
}

extension ErrorCounts {
  /// Disorder and incompletion, each with its number and this per 1,000 gold triples, where there is any of either.
  fileprivate var parts: [String] {
    let kinds: [ErrorKind] = [.disorder, .incompletion]
    if kinds.allSatisfy({ self[$0] == 0 }) { return [] }
    let units = [" per 1,000 gold", ""]
    return ["of the wrong:"]
      + zip(kinds, units).map { kind, unit in
        "\(kind.rawValue) \(self[kind]) (\(rate(of: kind))\(unit))"
      }
  }

  /// The number of errors of a kind per 1,000 gold triples, with one decimal.
  func rate(of kind: ErrorKind) -> String { String(format: "%.1f", perThousandGold(kind)) }
}
