import Corpora

/// Scores a model's predictions on a split (models.md 9).
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

/// A split with one output for each of its sentences.
struct Output {
  let sentences: [Sentence]
  let predictions: [Prediction]
  let keyed: [KeyedSentence]

  init(_ sentences: [Sentence], _ predictions: [Prediction], _ matching: Matching) {
    precondition(
      sentences.count == predictions.count,
      "\(predictions.count) predictions for \(sentences.count) sentences")
    self.sentences = sentences
    self.predictions = predictions
    keyed = zip(sentences, predictions).map { KeyedSentence($0, $1, matching) }
  }

  func counts(over indices: some Sequence<Int>) -> TripleCounts {
    indices.reduce(into: TripleCounts()) { $0 += TripleCounts(keyed[$1]) }
  }
}

/// A model's output and its oracle's, scored by the same rules.
struct Comparison {
  let options: EvaluationOptions
  let sentences: [Sentence]
  let model: Output
  let oracle: Output?

  init(
    sentences: [Sentence], predictions: [Prediction], oracle: [Prediction]?,
    options: EvaluationOptions
  ) {
    let matching = Matching(
      mode: options.match, by: options.by, incompleteGroups: options.incompleteGroups)
    self.options = options
    self.sentences = sentences
    model = Output(sentences, predictions, matching)
    self.oracle = oracle.map { Output(sentences, $0, matching) }
  }

  /// The gold triples of each sentence as keys, each once.
  var gold: [[TripleKey]] { model.keyed.map(\.gold) }

  /// Scores model and oracle by the same count.
  func score(sentences count: Int, _ counts: (Output) -> TripleCounts) -> Score {
    Score(sentences: count, counts: counts(model), oracle: oracle.map(counts))
  }

  /// Scores the triples of some sentences alone.
  func score(over indices: some Collection<Int>) -> Score {
    score(sentences: indices.count) { $0.counts(over: indices) }
  }

  /// Exact strings and last positions, whichever mode was asked for (models.md D48).
  func otherMatches() -> [MatchMode: Score] {
    Dictionary(
      uniqueKeysWithValues: [MatchMode.exact, .partialLast].map { mode in
        let matched = score(sentences: sentences.count) { output in
          TripleCounts(
            sentences: sentences, predictions: output.predictions, match: mode,
            incompleteGroups: options.incompleteGroups)
        }
        return (mode, matched)
      })
  }
}
