import Autodiff
import Corpora
import Synchronization
import Tensors

/// Prediction over a whole split. Sentences are put into batches by length, by a rule that sees neither
/// ranks nor threads, so that every distribution of the work gives the same answers.
public enum Inference {
  /// Sentences of a batch.
  static let batchSize = 64

  /// The batches of a split, longest sentences first: indices of examples.
  public static func batches(of examples: [Example]) -> [[Int]] {
    examples.indices.sorted {
      (-examples[$0].length, $0) < (-examples[$1].length, $1)
    }.chunks(of: batchSize)
  }

  /// Predicts the sentences of some batches.
  ///
  /// - Parameters:
  ///   - tapes: one for each thread of `team`, kept from call to call with its memory.
  ///   - team: its threads take a batch each.
  /// - Returns: a prediction for each index that occurs in `batches`.
  public static func predict(
    _ examples: [Example], batches: [[Int]], model: any ExtractionModel, tapes: [Tape],
    on team: ThreadTeam
  ) -> [Int: Prediction] {
    let results = Mutex([Int: Prediction]())
    team.forEach(batches.count) { thread, index in
      let batch = batches[index]
      let predictions = model.predict(batch.map { examples[$0] }, on: tapes[thread])
      results.withLock { all in
        for (i, prediction) in zip(batch, predictions) {
          all[i] = prediction.padded(to: examples[i].sentence.tokens.count)
        }
      }
    }
    return results.withLock { $0 }
  }

  /// Predicts a whole split, in its order.
  public static func predict(
    _ examples: [Example], model: any ExtractionModel, weights: WeightStore,
    on team: ThreadTeam = ThreadTeam(1)
  ) -> [Prediction] {
    let tapes = (0..<team.count).map { _ in Tape(weights: weights) }
    let found = predict(
      examples, batches: batches(of: examples), model: model, tapes: tapes, on: team)
    return examples.indices.compactMap { found[$0] }
  }

  /// What a model would say of each sentence if all its decisions were right.
  public static func ceiling(
    _ examples: [Example], model: any ExtractionModel, seed: UInt64
  ) -> [Prediction] {
    examples.map {
      model.ceiling(of: $0, seed: seed).padded(to: $0.sentence.tokens.count)
    }
  }
}

extension Prediction {
  /// Tags outside for the tokens that were not read.
  fileprivate func padded(to count: Int) -> Prediction {
    guard let tags, tags.count < count else { return self }
    return Prediction(
      groups: groups, tags: tags + [BIO](repeating: .outside, count: count - tags.count))
  }
}
