import Commands
import Corpora
import Evaluation

/// The options of `evaluate` and `score` that say how triples are scored.
struct ScoringRules: Equatable {
  static let match = matchFlag(default: "the checkpoint's evaluation.match, else exact")
  /// The same where no checkpoint is read.
  static let matchOfPredictions = matchFlag(default: "exact")
  static let lenientNA = Flag(
    "lenient-na", help: "drop predicted triples that are partly NA (default: they are wrong)")
  static let lengthBuckets = Flag(
    "length-buckets", .required("UNIT"), choices: LengthRule.allCases.map(\.rawValue),
    help: "score entity lengths by triple or by sentence (default: triple)")
  static let minScore = Flag(
    "min-score", .required("P"),
    help: "leave out predicted triples of a probability below P (default: none)")

  /// The match mode of the headline scores; `nil` for that by which each checkpoint was selected.
  var match: MatchMode?
  /// How the partial modes compare a token; `nil` where the command line does not say.
  var identity: TokenIdentity?
  /// The scoring of predicted groups with some slots empty.
  var incompleteGroups = IncompleteGroups.wrong
  /// The unit of the scores by entity length.
  var lengthRule = LengthRule.triple
  /// The least probability of a predicted triple; `nil` for all.
  var minScore: Float?
}

extension ScoringRules {
  private static func matchFlag(default meaning: String) -> Flag {
    Flag(
      "match", .required("MATCH"), choices: MatchMode.allCases.map(\.rawValue),
      help: "exact, exact-pos, partial-last or partial-first (default: \(meaning))")
  }

  /// - Parameter flag: the verb's `--match`.
  init(_ line: ArgumentLine, match flag: Flag = ScoringRules.match) throws(UsageError) {
    match = try line.choice(of: flag)
    identity = try ReportStyle.identity(line)
    incompleteGroups = line.has(Self.lenientNA) ? .dropped : .wrong
    lengthRule = try line.choice(of: Self.lengthBuckets) ?? .triple
    minScore = try line.probability(of: Self.minScore)
    if let match, let text = contradiction(match) { throw line.error(text) }
  }

  /// The fault of a match mode with the way of comparing tokens, if there is one.
  func contradiction(_ match: MatchMode) -> String? {
    switch (match, identity) {
    case (.exact, .position):
      "match 'exact' compares strings; for positions give --match exact-pos"
    case (.exactPosition, .string):
      "match 'exact-pos' compares positions; for strings give --match exact"
    default: nil
    }
  }

  /// The predictions without those of a low probability, which standard error counts.
  ///
  /// - Parameter name: where they come from, for errors.
  func kept(_ predictions: [Prediction], of name: String) throws -> [Prediction] {
    guard let minScore else { return predictions }
    guard predictions.allSatisfy({ $0.scores.count == $0.groups.count }) else {
      throw Failure(description: "\(name): has no scores; leave --min-score out")
    }
    let kept = predictions.map { $0.keeping(from: minScore) }
    let (before, after) = (
      predictions.reduce(0) { $0 + $1.groups.count }, kept.reduce(0) { $0 + $1.groups.count }
    )
    Console.error(
      "\(name): --min-score leaves out \(before - after) of \(before) predicted triples")
    return kept
  }

  /// The rules as the evaluator takes them.
  ///
  /// - Parameter fallback: the match mode where the command line says none.
  func options(match fallback: MatchMode) -> EvaluationOptions {
    var options = EvaluationOptions()
    options.match = match ?? fallback
    if let identity { options.by = identity }
    (options.incompleteGroups, options.lengthRule) = (incompleteGroups, lengthRule)
    return options
  }
}
