import Corpora

/// Scores a model's predictions on a split (Evaluation/README.md 9).
public struct Evaluator: Sendable {
  /// The rules.
  public var options: EvaluationOptions

  /// An evaluator of these rules.
  public init(_ options: EvaluationOptions = EvaluationOptions()) { self.options = options }

  /// Scores `predictions`, every sentence of them.
  ///
  /// - Parameters:
  ///   - sentences: the gold standard.
  ///   - predictions: one for each sentence, in the same order.
  ///   - forms: the limits of the predictions, likewise; the structural ceiling that follows from them stands
  ///     beside each score.
  ///   - training: what training had; scores of what it had and had not follow from it.
  /// - Precondition: as many predictions, and forms, as sentences; one tag per token.
  public func report(
    sentences: [Sentence], predictions: [Prediction], forms: [Expressible]? = nil,
    training: TrainingFacts? = nil
  ) -> EvaluationReport {
    let comparison = Comparison(
      sentences: sentences, predictions: predictions, forms: forms, options: options)
    let faults = comparison.faults()
    var report = EvaluationReport(
      options: options,
      score: comparison.score(over: sentences.indices),
      otherMatches: comparison.otherMatches(),
      byOverlap: comparison.byOverlap(),
      byTripleCount: comparison.byTripleCount(),
      byEntityLength: comparison.byEntityLength(),
      bySentenceLength: comparison.bySentenceLength(),
      byNovelty: comparison.byNovelty(training),
      byRelation: comparison.byRelation(faults.list),
      relation: comparison.relationScores(),
      entity: comparison.entityScores(),
      tagging: comparison.taggingScore(),
      typedTagging: comparison.typedTaggingScore(),
      completion: comparison.completionScore(),
      errors: comparison.errors(),
      calibration: comparison.calibration(),
      faults: faults)
    report.resample(Bootstrap(sentences: sentences.count))
    return report
  }
}
