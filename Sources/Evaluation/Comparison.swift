import Corpora

/// A split with one prediction for each of its sentences.
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

  /// Exact strings and last positions, whichever mode was asked for (Models/README.md D48).
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
