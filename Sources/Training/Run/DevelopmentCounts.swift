import Autodiff
import Collectives
import Corpora
import Evaluation
import Models
import Tensors

/// What predictions of the development split have right.
struct DevelopmentCounts {
  var triples = TripleCounts()
  /// The entities that tags spell; `nil` for a model without tags.
  var tags: TripleCounts?
  /// Sentences with more groups than are kept.
  var cut = 0
}

extension Run {
  /// Counts the triples of the development split, and the entities of tags, on all ranks.
  ///
  /// - Parameters: those of ``predictDevelopment(_:scoring:pass:_:_:on:visit:)``.
  /// - Returns: the counts of all ranks; `nil` where a signal has come.
  func developmentCounts(
    of split: any EncodedSplit, pass: Int = 0, _ whereabouts: Whereabouts, _ agreement: Agreement,
    on session: borrowing Session
  ) throws -> DevelopmentCounts? {
    var counts = DevelopmentCounts()
    let isWhole = try predictDevelopment(
      split, scoring: false, pass: pass, whereabouts, agreement, on: session
    ) { sentences, predictions in
      add(predictions, of: sentences, to: &counts)
    }
    return isWhole ? try counts.sum(on: session) : nil
  }

  /// Predicts the development split. Its batches are dealt to the ranks. After each round, one batch for every thread
  /// of every rank, the ranks agree on whether to go on.
  ///
  /// - Parameters:
  ///   - split: the sentences as the model or one with other thresholds encodes them.
  ///   - scoring: whether each group gets its probability.
  ///   - pass: the number of passes before, since the last update.
  ///   - visit: takes this rank's sentences of a round, with their predictions.
  /// - Returns: whether all are predicted; false where a signal has come.
  func predictDevelopment(
    _ split: any EncodedSplit, scoring: Bool, pass: Int, _ whereabouts: Whereabouts,
    _ agreement: Agreement, on session: borrowing Session,
    visit: ([Sentence], [Prediction]) -> Void
  ) throws -> Bool {
    let tapes = (0..<team.count).map { _ in Tape(weights: weights) }
    let rounds = Inference.batches(of: split).chunks(of: session.size * team.count)
    var place = Place(step: progress.step)
    for (index, round) in rounds.enumerated() {
      (place.round, place.phase) = (UInt16(clamping: pass * rounds.count + index + 1), .evaluation)
      whereabouts.enter(place)
      let own = round.indices.filter { $0 % session.size == session.rank }.map { round[$0] }
      let found = Inference.predict(
        split, batches: own, scoring: scoring, tapes: tapes, on: team
      ).sorted { $0.key < $1.key }
      visit(found.map { split.sentence($0.key) }, found.map(\.value))
      place.phase = .reduction
      whereabouts.enter(place)
      try agreement.reach(after: .evaluation, on: session)
      if agreement.stop != nil { return false }
    }
    return true
  }

  private func add(
    _ predictions: [Prediction], of sentences: [Sentence], to counts: inout DevelopmentCounts
  ) {
    counts.triples += TripleCounts(
      sentences: sentences, predictions: predictions, match: options.evaluation.match)
    let tags = TripleCounts(
      tagsOf: sentences, predictions: predictions, tagged: model.taggedEntities)
    if let tags { counts.tags = tags + (counts.tags ?? TripleCounts()) }
    counts.cut += predictions.count(where: \.isCut)
  }
}

extension DevelopmentCounts {
  /// The counts of all ranks together.
  fileprivate func sum(on session: borrowing Session) throws(MPIError) -> Self {
    let tags = self.tags ?? TripleCounts()
    let own = [triples, tags].flatMap { [$0.tp, $0.predicted, $0.gold] }
    let all = own + [self.tags == nil ? 0 : 1, cut]
    let sums = try session.sum(all.map { Int64($0) }).map { Int($0) }
    func counts(_ first: Int) -> TripleCounts {
      TripleCounts(tp: sums[first], predicted: sums[first + 1], gold: sums[first + 2])
    }
    return Self(triples: counts(0), tags: sums[6] > 0 ? counts(3) : nil, cut: sums[7])
  }
}
