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

  func counts(over indices: some Sequence<Int>) -> [SentenceCounts] {
    indices.map { SentenceCounts($0, TripleCounts(keyed[$0])) }
  }
}

/// A model's output and the limits of it.
struct Comparison {
  let options: EvaluationOptions
  let sentences: [Sentence]
  let model: Output
  /// What is possible in each sentence; `nil` where the limits of the output are not known.
  let ceilings: [Ceiling]?
  /// The largest number of each sentence's gold triples in one output.
  private let most: [Int]?

  init(
    sentences: [Sentence], predictions: [Prediction], forms: [Expressible]?,
    options: EvaluationOptions
  ) {
    let matching = options.matching
    let model = Output(sentences, predictions, matching)
    self.options = options
    self.sentences = sentences
    self.model = model
    ceilings = forms.map { forms in
      precondition(forms.count == sentences.count, "\(forms.count) forms")
      return zip(sentences, forms).map { Ceiling($0, $1, matching) }
    }
    most = ceilings.map { zip($0, model.keyed).map { $0.most(of: $1.gold) } }
  }

  /// The gold triples of each sentence as keys, each once.
  var gold: [[TripleKey]] { model.keyed.map(\.gold) }

  /// Scores the triples of some sentences alone.
  func score(over indices: some Collection<Int>) -> Score {
    Score(
      sentences: indices.count, bySentence: model.counts(over: indices),
      ceiling: most.map { most in
        indices.reduce(into: TripleCounts()) {
          $0 += TripleCounts(most: most[$1], of: model.keyed[$1].gold.count)
        }
      })
  }

  /// The sum over sentences of what is possible in each; `nil` where that is not known.
  func ceiling(_ counts: (Int, Ceiling) -> TripleCounts) -> TripleCounts? {
    ceilings.map { $0.enumerated().reduce(into: TripleCounts()) { $0 += counts($1.0, $1.1) } }
  }

  /// Exact strings and last positions, whichever mode was asked for (Models/README.md D48).
  func otherMatches() -> [MatchMode: Score] {
    Dictionary(
      uniqueKeysWithValues: [MatchMode.exact, .partialLast].map { mode in
        let matching = Matching(mode: mode, incompleteGroups: options.incompleteGroups)
        let output = Output(sentences, model.predictions, matching)
        let ceiling = ceiling {
          TripleCounts(ceilingOf: sentences[$0], $1.form, match: mode)
        }
        let counts = output.counts(over: sentences.indices)
        return (mode, Score(sentences: sentences.count, bySentence: counts, ceiling: ceiling))
      })
  }
}
