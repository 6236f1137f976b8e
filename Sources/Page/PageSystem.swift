import Corpora
import Evaluation

/// A system: its scores over runs, the report of the first of them, and how it differs from the first system.
struct PageSystem: Encodable {
  let name: String
  /// The sources of its runs.
  let runs: [String]
  /// Means over the runs.
  let precision, recall, f1: Double
  /// The standard deviation of F1; `nil` for a single run.
  let deviation: Double?
  let interval: [Double]
  let difference: Difference?
  let report: PageReport
  let configuration: String?

  struct Difference: Encodable {
    let value: Double
    let interval: [Double]
    let p: Double
    let isSignificant: Bool
  }

  init(
    _ system: SystemScores, configuration: String?, difference: SystemComparison.Difference?,
    relations: NameList
  ) {
    name = system.name
    runs = system.runs.map(\.source)
    precision = short(system.precision.mean)
    recall = short(system.recall.mean)
    f1 = short(system.f1.mean)
    deviation = system.f1.deviation.map(short)
    interval = bounds(system.interval)
    self.difference = difference.map {
      Difference(
        value: short($0.difference), interval: bounds($0.interval), p: short($0.adjustedP),
        isSignificant: $0.isSignificant)
    }
    report = PageReport(system.runs[0].report, relations: relations)
    self.configuration = configuration
  }
}

/// The report of one run.
struct PageReport: Encodable {
  let match: String
  let rows: [Row]
  let relations: [Relation]
  let errors: [ErrorKindCount]
  let calibration: Calibration?

  /// A score by its counts: correct, predicted, gold, sentences.
  struct Row: Encodable {
    let name: String
    let match: String
    let counts: [Int]
    let interval: [Double]?
    /// Counts of the structural ceiling.
    let ceiling: [Int]?
  }

  struct Relation: Encodable {
    let relation: Int
    let counts: [Int]
    let interval: [Double]?
    /// Pairs of a relation and how often it is predicted in place of this one.
    let takenFor: [[Int]]
  }

  /// The wrong predictions of a kind, by exact strings.
  struct ErrorKindCount: Encodable {
    let kind: String
    let count: Int
    let perThousandGold: Double
  }

  struct Calibration: Encodable {
    let error: Double
    /// For each bin the triples, the right ones and the mean probability.
    let bins: [[Double]]
    /// For each point the least probability, precision and recall.
    let curve: [[Double]]
  }

  init(_ report: EvaluationReport, relations names: NameList) {
    match = report.options.matchLabel
    rows = report.rows.map { row in
      Row(
        name: row.name, match: row.match, counts: row.score.page,
        interval: row.score.interval.map(bounds), ceiling: row.score.ceiling?.page)
    }
    relations = report.byRelation.map { relation in
      Relation(
        relation: names.index(of: relation.name), counts: relation.score.page,
        interval: relation.score.interval.map(bounds),
        takenFor: relation.takenFor.map { [names.index(of: $0.relation), $0.count] })
    }
    errors = ErrorKind.allCases.map { kind in
      ErrorKindCount(
        kind: kind.rawValue, count: report.errors[kind],
        perThousandGold: short(report.errors.perThousandGold(kind)))
    }
    calibration = report.calibration.map { calibration in
      Calibration(
        error: short(calibration.expectedError),
        bins: calibration.bins.map { [Double($0.count), Double($0.right), short($0.score)] },
        curve: calibration.curve.map { [$0.score, short($0.precision), short($0.recall)] })
    }
  }
}

extension Score {
  fileprivate var page: [Int] { counts.page + [sentences] }
}

extension TripleCounts {
  fileprivate var page: [Int] { [tp, predicted, gold] }
}

/// A number with five places, as short as JSON has it.
private func short(_ value: Double) -> Double { (value * 100_000).rounded() / 100_000 }

private func bounds(_ interval: Interval) -> [Double] {
  [short(interval.low), short(interval.high)]
}
