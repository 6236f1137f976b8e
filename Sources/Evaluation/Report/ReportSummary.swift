import Corpora

/// The mean and the sample standard deviation of a number over runs.
public struct Spread: Hashable, Sendable, Encodable {
  /// The arithmetic mean.
  public let mean: Double
  /// With `n - 1` in the denominator; `nil` for a single run.
  public let deviation: Double?

  /// The spread of some values.
  ///
  /// - Precondition: there are values.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "the spread of no values")
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
  }
}

/// Repeated runs of one experiment, taken together (Evaluation/README.md 9.7).
public struct ReportSummary: Hashable, Sendable, Encodable {
  /// One kind of score over the runs.
  public struct Row: Hashable, Sendable, Encodable {
    /// The name of the row in each report.
    public let name: String
    /// The match mode; for tags `spans` or `typed spans`.
    public let match: String
    /// Precision over the runs.
    public let precision: Spread
    /// Recall over the runs.
    public let recall: Spread
    /// F1 over the runs.
    public let f1: Spread
  }

  /// The match mode of `precision`, `recall` and `f1`.
  public let match: String
  /// The number of reports.
  public let runs: Int
  /// Sentences of the split.
  public let sentences: Int
  /// Precision of all triples over the runs.
  public let precision: Spread
  /// Recall of all triples over the runs.
  public let recall: Spread
  /// F1 of all triples over the runs.
  public let f1: Spread
  /// Every score that all reports have, in the order in which a report prints them.
  public let rows: [Row]

  /// Summarises the reports of several runs.
  ///
  /// - Throws: `EvaluationError` when there are none, or when they were not made by the same rules on
  ///   as many sentences.
  public init(_ reports: [EvaluationReport]) throws(EvaluationError) {
    guard let first = reports.first else { throw .noReports }
    for (i, report) in reports.enumerated() { try Self.check(report, number: i + 1, like: first) }
    rows = first.rows.compactMap { row in
      let same = reports.compactMap { report in
        report.rows.first { $0.name == row.name && $0.match == row.match }?.score
      }
      return same.count == reports.count ? Row(name: row.name, match: row.match, same) : nil
    }
    let scores = reports.map(\.score)
    match = first.options.matchLabel
    runs = reports.count
    sentences = first.score.sentences
    precision = Spread(scores.map(\.precision))
    recall = Spread(scores.map(\.recall))
    f1 = Spread(scores.map(\.f1))
  }

  private static func check(
    _ report: EvaluationReport, number: Int, like first: EvaluationReport
  ) throws(EvaluationError) {
    let pairs: [(String, String, String)] = [
      ("match", report.options.matchLabel, first.options.matchLabel),
      ("options", "\(report.options.rules)", "\(first.options.rules)"),
      ("sentences", "\(report.score.sentences)", "\(first.score.sentences)"),
      ("gold triples", "\(report.score.counts.gold)", "\(first.score.counts.gold)"),
    ]
    for (what, found, expected) in pairs where found != expected {
      throw .notComparable(report: number, what: what, found: found, expected: expected)
    }
  }
}

extension ReportSummary.Row {
  fileprivate init(name: String, match: String, _ scores: [Score]) {
    self.init(
      name: name, match: match, precision: Spread(scores.map(\.precision)),
      recall: Spread(scores.map(\.recall)), f1: Spread(scores.map(\.f1)))
  }
}

extension EvaluationOptions {
  /// The rules beside the match mode, in words.
  fileprivate var rules: String {
    "incomplete groups \(incompleteGroups.rawValue), tagged entities \(taggedEntities.rawValue), "
      + "lengths by \(lengthRule.rawValue)"
  }
}
