/// Systems against the first of them, by a paired bootstrap over sentences (Evaluation/README.md 9.11).
public struct SystemComparison: Hashable, Sendable, Encodable {
  /// A system against the first.
  public struct Difference: Hashable, Sendable, Encodable {
    /// The system's name.
    public let name: String
    /// Its mean F1 minus that of the first.
    public let difference: Double
    /// The interval of the difference over resamples.
    public let interval: Interval
    /// The two-sided p-value.
    public let p: Double
    /// The p-value for all comparisons together (Holm, 1979).
    public let adjustedP: Double
    /// Whether ``adjustedP`` is below ``SystemComparison/level``.
    public let isSignificant: Bool
  }

  /// The level below which a p-value is significant.
  static let level = 0.05

  /// The name of the first system.
  public let baseline: String
  /// The number of resamples.
  public let resamples: Int
  /// The other systems in their order.
  public let differences: [Difference]

  /// Compares systems that were scored on the same sentences; `nil` for fewer than two.
  init?(_ systems: [SystemScores]) {
    guard let first = systems.first, systems.count > 1 else { return nil }
    let others = systems.dropFirst()
    let baseline = first.resampled()
    let differences = others.map { zip($0.resampled(), baseline).map(-) }
    let p = differences.map(Self.pValue)
    self.baseline = first.name
    resamples = Bootstrap.resamples
    let adjusted = Self.holm(p)
    self.differences = others.enumerated().map { index, system in
      Difference(
        name: system.name, difference: system.f1.mean - first.f1.mean,
        interval: Interval(of: differences[index]), p: p[index], adjustedP: adjusted[index],
        isSignificant: adjusted[index] < Self.level)
    }
  }

  /// Twice the share of resamples in which the difference has not the sign of most, the observed sample among them.
  static func pValue(of differences: [Double]) -> Double {
    let (below, above) = (differences.count { $0 <= 0 }, differences.count { $0 >= 0 })
    return min(1, 2 * Double(1 + min(below, above)) / Double(1 + differences.count))
  }

  /// Holm's adjusted p-values, in the order of `p`.
  static func holm(_ p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    for (rank, index) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated() {
      largest = max(largest, min(1, Double(p.count - rank) * p[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}

/// The scores of one or more systems on one split, and how they compare.
///
/// In JSON `{"systems": […], "comparison": …}`, the same for one and for many; `comparison` is null for one.
public struct EvaluationResult: Hashable, Sendable, Encodable {
  /// The systems in the order of their first runs.
  public let systems: [SystemScores]
  /// All against the first; `nil` for a single system.
  public let comparison: SystemComparison?

  /// Takes systems together.
  ///
  /// - Throws: `EvaluationError` when there are none, or when they were not scored by the same rules on as many
  ///   sentences.
  public init(_ systems: [SystemScores]) throws(EvaluationError) {
    let reports = systems.flatMap(\.runs).map(\.report)
    guard let first = reports.first else { throw .noReports }
    for (i, report) in reports.enumerated() { try report.check(number: i + 1, like: first) }
    self.systems = systems
    comparison = SystemComparison(systems)
  }

  private enum Key: String, CodingKey { case systems, comparison }

  /// Writes both keys always.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(systems, forKey: .systems)
    try values.encode(comparison, forKey: .comparison)
  }
}

extension EvaluationReport {
  fileprivate func check(number: Int, like first: EvaluationReport) throws(EvaluationError) {
    let pairs: [(String, String, String)] = [
      ("match", options.matchLabel, first.options.matchLabel),
      ("options", options.rules, first.options.rules),
      ("sentences", "\(score.sentences)", "\(first.score.sentences)"),
      ("gold triples", "\(score.counts.gold)", "\(first.score.counts.gold)"),
    ]
    for (what, found, expected) in pairs where found != expected {
      throw .notComparable(report: number, what: what, found: found, expected: expected)
    }
  }
}

extension EvaluationOptions {
  /// The rules beside the match mode that change what is counted as a triple, in words.
  fileprivate var rules: String {
    "incomplete groups \(incompleteGroups.rawValue), lengths by \(lengthRule.rawValue)"
  }
}
