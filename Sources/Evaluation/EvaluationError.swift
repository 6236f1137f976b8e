/// Why reports cannot be read or put together.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
  /// Bytes that are not a report.
  case notAReport(name: String, found: String)
  /// Nothing to summarise.
  case noReports
  /// Two reports that were made by different rules or on different numbers of sentences.
  case notComparable(report: Int, what: String, found: String, expected: String)

  public var description: String {
    switch self {
    case .notAReport(let name, let found):
      "\(name): not an evaluation report: \(found); write one with evaluate --json"
    case .noReports:
      "no reports to summarise; give at least one"
    case .notComparable(let report, let what, let found, let expected):
      "report \(report) has \(what) \(found), but report 1 has \(expected); "
        + "summarise only runs that are scored alike on the same split"
    }
  }
}
