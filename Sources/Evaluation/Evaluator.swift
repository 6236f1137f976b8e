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
  ///   - oracle: the model's predictions with gold pointers and gold tags, likewise; their scores stand
  ///     beside those of `predictions`, as the structural ceiling.
  /// - Precondition: as many predictions, and oracle predictions, as sentences; one tag per token.
  public func report(
    sentences: [Sentence], predictions: [Prediction], oracle: [Prediction]? = nil
  ) -> EvaluationReport {
    let comparison = Comparison(
      sentences: sentences, predictions: predictions, oracle: oracle, options: options)
    return EvaluationReport(
      options: options,
      score: comparison.score(over: sentences.indices),
      otherMatches: comparison.otherMatches(),
      byOverlap: comparison.byOverlap(),
      byTripleCount: comparison.byTripleCount(),
      byEntityLength: comparison.byEntityLength(),
      relation: comparison.relationScores(),
      entity: comparison.entityScores(),
      tagging: comparison.taggingScore(),
      completion: comparison.completionScore(),
      errors: comparison.errors())
  }
}
