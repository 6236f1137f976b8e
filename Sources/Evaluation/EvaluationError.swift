/// A reason why reports cannot be summarised.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
  /// Nothing to summarise.
  case noReports
  /// Two reports that were made by different rules or on different numbers of sentences.
  case notComparable(report: Int, what: String, found: String, expected: String)

  /// One line: the fault and the remedy.
  public var description: String {
    switch self {
    case .noReports:
      "no reports to summarise; give at least one"
    case .notComparable(let report, let what, let found, let expected):
      "report \(report) has \(what) \(found), but report 1 has \(expected); "
        + "summarise only runs that are scored alike on the same split"
        + (what == "match" ? ", by one --match" : "")
    }
  }
}
