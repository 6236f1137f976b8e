import Commands
import Configuration
import Corpora
import Evaluation

/// `tercet score GOLD PREDICTIONS...`: scores what any systems have predicted.
struct Score: Verb {
  static let syntax = VerbSyntax(
    words: ["score"],
    purpose: "score files of predictions of any systems, and compare them",
    operand: Operand(
      name: "GOLD PREDICTIONS...", count: .atLeastOnce,
      help: "sentences with gold triples, as JSON Lines, then for each system a file for the same "
        + "sentences"),
    flags: [
      train, ScoringRules.matchOfPredictions, ReportStyle.by, ReportStyle.json, ReportStyle.html,
      ReportStyle.errors, ReportStyle.wide, ScoringRules.lenientNA, ScoringRules.lengthBuckets,
      ScoringRules.minScore,
    ],
    notes:
      "A file of predictions is one that 'tercet evaluate --predictions' or 'tercet extract --json' "
      + "writes, a list or lines of text and triple_list, SpERT's predictions, or any other format "
      + "that 'tercet data convert' reads. Its sentences are in the order of GOLD, or under the same ids.",
    examples: [
      "tercet score data/test.jsonl found.jsonl --by relation",
      "tercet score test.jsonl ours.jsonl theirs.json --train train.jsonl --json report.json",
    ])

  private static let train = Flag(
    "train", .required("FILE"),
    help: "training split, to score triples apart that it has and that it lacks (default: not told "
      + "apart)")

  /// The gold standard, in JSON Lines.
  let gold: String
  /// A file for each system.
  let predictions: [String]
  /// The training split; `nil` where it is not known.
  let train: String?
  /// How triples are scored.
  let rules: ScoringRules
  /// What is printed.
  let style: ReportStyle
  /// The file for the report as JSON; `nil` for none.
  let report: String?
  /// The file for the report as a page; `nil` for none.
  let page: String?
}

extension Score {
  init(_ line: ArgumentLine) throws(UsageError) {
    guard line.operands.count > 1 else {
      throw line.error(
        "PREDICTIONS are missing beside \(Wording.quoted(line.requiredOperand)); write tercet score "
          + "GOLD PREDICTIONS")
    }
    self.init(
      gold: line.requiredOperand, predictions: Array(line.operands.dropFirst()),
      train: line.value(of: Self.train),
      rules: try ScoringRules(line, match: ScoringRules.matchOfPredictions),
      style: try ReportStyle(line), report: line.value(of: ReportStyle.json),
      page: line.value(of: ReportStyle.html))
  }

  func run() throws -> ExitStatus {
    let outputs = try ScoringOutputs(
      report: report, page: page, inputs: [gold] + predictions + (train.map { [$0] } ?? []))
    let sentences = try JSONLines.read(gold)
    let training = try train.map { TrainingFacts(of: try JSONLines.read($0)) }
    var systems = ScoredSystems()
    for file in predictions {
      let found = try rules.kept(
        try SystemPredictions.read(file, for: sentences, of: gold), of: file)
      let report = Evaluator(rules.options(match: .exact)).report(
        sentences: sentences, predictions: found, training: training)
      systems.add(
        SystemRun(source: file, seed: nil, report: report), settings: nil, predictions: found)
    }
    try outputs.finish(systems, style, of: predictions[0], on: gold, sentences)
    return .success
  }
}
