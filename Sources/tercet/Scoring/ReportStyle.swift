import Commands
import Configuration
import Evaluation

/// The options of `evaluate` and `score` that say what is printed.
struct ReportStyle: Equatable {
  static let by = Flag(
    "by", .required("KEY"), .anyNumber, choices: keys,
    help: "print rows by relation, class, count or length too, or all; or compare tokens of a "
      + "partial match by position or by string (default: position)")
  static let wide = Flag(
    "wide",
    help: "print every row with four decimals, and the rates of all kinds of errors, on lines of "
      + "any length")
  static let errors = Flag(
    "errors", .required("N"),
    help: "print N errors of each kind over their sentences (default: none)")
  static let json = Flag(
    "json", .required("FILE"),
    help: "also write the report to FILE as JSON, or in place of the table to '-'")
  static let html = Flag(
    "html", .required("FILE"),
    help: "also write the report to FILE as a page for browsers, with every error over its sentence"
  )

  private static let keys =
    ReportRows.allCases.map(\.rawValue) + TokenIdentity.allCases.map(\.rawValue)

  /// The rows besides the headline scores.
  var rows: [ReportRows] = []
  /// Whether every row is printed, on lines of any length.
  var isWide = false
  /// Errors of each kind.
  var errors = 0
}

extension ReportStyle {
  init(_ line: ArgumentLine) throws(UsageError) {
    for key in line.values(of: Self.by) {
      if let rows = ReportRows(rawValue: key) {
        self.rows.append(rows)
      } else if TokenIdentity(rawValue: key) == nil {
        throw line.error(
          "'--by' must be one of \(Self.keys.joined(separator: ", ")); found \(Wording.quoted(key))"
        )
      }
    }
    isWide = line.has(Self.wide)
    errors = try line.number(of: Self.errors, atLeast: 1) ?? 0
  }

  /// How the partial modes compare a token; `nil` where the command line does not say.
  static func identity(_ line: ArgumentLine) throws(UsageError) -> TokenIdentity? {
    let found = Set(line.values(of: by).compactMap(TokenIdentity.init))
    if found.count > 1 { throw line.error("'--by position' and '--by string' exclude each other") }
    return found.first
  }
}
