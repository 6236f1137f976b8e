import Autodiff
import Corpora
import Synchronization
import Tensors

/// Prediction over a whole split. The batches depend on the sentences' costs alone, so that predictions
/// are equal for any number of ranks and threads.
public enum Inference {
  /// The largest number of sentences in a batch.
  package static let mostSentences = 64
  /// The largest number of rows in a batch of several sentences.
  package static let mostRows = 1 << 14

  /// The batches of a split, by falling cost of their sentences. Each batch holds sentence indices,
  /// longest sentence first.
  public static func batches(of split: any EncodedSplit) -> [[Int]] {
    let ordered = (0..<split.count).sorted { (-split.cost($0), $0) < (-split.cost($1), $1) }
    let batches = BatchPartition.runs(
      of: ordered, rows: mostRows, count: mostSentences, rowsOf: split.rows)
    return batches.map { $0.sorted { (-split.length($0), $0) < (-split.length($1), $1) } }
  }

  /// Predicts the sentences of some batches.
  ///
  /// - Parameters:
  ///   - scoring: whether each group gets its probability.
  ///   - tapes: one for each thread of `team`; reuse across calls saves allocations.
  ///   - team: the threads; each takes one batch at a time.
  /// - Returns: the predictions by sentence index.
  public static func predict(
    _ split: any EncodedSplit, batches: [[Int]], scoring: Bool, tapes: [Tape],
    on team: ThreadTeam
  ) -> [Int: Prediction] {
    let results = Mutex([Int: Prediction]())
    team.forEach(batches.count) { thread, item in
      let batch = batches[item]
      let predictions = split.predict(batch, scoring: scoring, on: tapes[thread])
      results.withLock { all in
        for (index, prediction) in zip(batch, predictions) {
          all[index] = prediction.padded(to: split.sentence(index).tokens.count)
        }
      }
    }
    return results.withLock { $0 }
  }

  /// Predicts a whole split.
  ///
  /// - Parameter scoring: whether each group gets its probability.
  /// - Returns: a prediction for each sentence, in the order of the split.
  public static func predict(
    _ split: any EncodedSplit, scoring: Bool = false, weights: WeightStore,
    on team: ThreadTeam = ThreadTeam(1)
  ) -> [Prediction] {
    predict(
      split, scoring: scoring, tapes: (0..<team.count).map { _ in Tape(weights: weights) }, on: team
    )
  }

  /// Predicts a whole split on tapes that are used again.
  ///
  /// - Parameters:
  ///   - scoring: whether each group gets its probability.
  ///   - tapes: one for each thread of `team`.
  /// - Returns: a prediction for each sentence, in the order of the split.
  public static func predict(
    _ split: any EncodedSplit, scoring: Bool, tapes: [Tape], on team: ThreadTeam
  ) -> [Prediction] {
    let found = predict(
      split, batches: batches(of: split), scoring: scoring, tapes: tapes, on: team)
    return (0..<split.count).compactMap { found[$0] }
  }
}

extension Prediction {
  /// Appends outside tags for tokens beyond the model's limit.
  fileprivate func padded(to count: Int) -> Prediction {
    var whole = self
    whole.tags = tags?.padded(to: count)
    return whole
  }
}
