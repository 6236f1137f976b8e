import Corpora

/// One run of a system, scored.
public struct SystemRun: Hashable, Sendable {
  /// The checkpoint or the file of predictions.
  public let source: String
  /// The run's seed; `nil` where it is not known.
  public let seed: Int?
  /// What the development split has chosen for the run: tuned thresholds by their keys, and the temperature of its
  /// probabilities, `temperature`.
  public let tuned: [String: Double]
  /// The scores.
  public let report: EvaluationReport

  /// A report with its source.
  public init(
    source: String, seed: Int?, tuned: [String: Double] = [:], report: EvaluationReport
  ) {
    (self.source, self.seed, self.tuned, self.report) = (source, seed, tuned, report)
  }
}

extension SystemRun: Encodable {
  private enum Key: String, CodingKey { case source, seed, tuned }

  /// Writes the report's keys beside the source and the seed.
  public func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(source, forKey: .source)
    try values.encodeIfPresent(seed, forKey: .seed)
    if !tuned.isEmpty { try values.encode(tuned, forKey: .tuned) }
  }
}

/// Runs that differ by their seed alone, taken together.
public struct SystemScores: Hashable, Sendable, Encodable {
  /// What tells the system from the others.
  public let name: String
  /// The runs in the order in which they were named.
  public let runs: [SystemRun]
  /// Precision of all triples over the runs.
  public let precision: Spread
  /// Recall of all triples over the runs.
  public let recall: Spread
  /// F1 of all triples over the runs.
  public let f1: Spread
  /// The interval of the runs' mean F1 over resamples of the sentences.
  public let interval: Interval
  /// Takes runs together.
  ///
  /// - Precondition: there are runs.
  public init(name: String, runs: [SystemRun]) {
    let scores = runs.map(\.report.score)
    (self.name, self.runs) = (name, runs)
    precision = Spread(scores.map(\.precision))
    recall = Spread(scores.map(\.recall))
    f1 = Spread(scores.map(\.f1))
    // A single run's own interval is that of the same resamples.
    let own = runs.count == 1 ? scores[0].interval : nil
    interval = own ?? Interval(of: Self.resampled(runs))
  }

  /// The runs' mean F1 of each resample.
  func resampled() -> [Double] { Self.resampled(runs) }

  private static func resampled(_ runs: [SystemRun]) -> [Double] {
    let scores = runs.map(\.report.score)
    let all = Bootstrap(sentences: scores[0].sentences).f1(of: scores.map(\.bySentence))
    return (0..<Bootstrap.resamples).map { resample in
      all.reduce(0) { $0 + $1[resample] } / Double(all.count)
    }
  }
}

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
