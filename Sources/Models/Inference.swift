import Autodiff
import Corpora
import Synchronization
import Tensors

/// Prediction over a whole split. Sentences are put into batches by cost, by a rule that sees neither
/// ranks nor threads, so that every distribution of the work gives the same answers.
public enum Inference {
  /// Sentences of a batch, at most.
  static let mostSentences = 64
  /// Rows of a batch, at most, unless a single sentence has more.
  static let mostRows = 1 << 14

  /// The batches of a split, the costliest sentences first: indices of sentences, longest first in each batch.
  public static func batches(of split: any EncodedSplit) -> [[Int]] {
    let ordered = (0..<split.count).sorted { (-split.cost($0), $0) < (-split.cost($1), $1) }
    var batches: [[Int]] = []
    var rows = 0
    for index in ordered {
      rows += split.rows(index)
      if let last = batches.last, last.count < mostSentences, rows <= mostRows {
        batches[batches.count - 1].append(index)
      } else {
        batches.append([index])
        rows = split.rows(index)
      }
    }
    return batches.map { $0.sorted { (-split.length($0), $0) < (-split.length($1), $1) } }
  }

  /// Predicts the sentences of some batches.
  ///
  /// - Parameters:
  ///   - tapes: one for each thread of `team`, kept from call to call with its memory.
  ///   - team: its threads take a batch each.
  /// - Returns: a prediction for each index that occurs in `batches`.
  public static func predict(
    _ split: any EncodedSplit, batches: [[Int]], tapes: [Tape], on team: ThreadTeam
  ) -> [Int: Prediction] {
    let results = Mutex([Int: Prediction]())
    team.forEach(batches.count) { thread, item in
      let batch = batches[item]
      let predictions = split.predict(batch, on: tapes[thread])
      results.withLock { all in
        for (index, prediction) in zip(batch, predictions) {
          all[index] = prediction.padded(to: split.sentence(index).tokens.count)
        }
      }
    }
    return results.withLock { $0 }
  }

  /// Predicts a whole split, in its order.
  public static func predict(
    _ split: any EncodedSplit, weights: WeightStore, on team: ThreadTeam = ThreadTeam(1)
  ) -> [Prediction] {
    let tapes = (0..<team.count).map { _ in Tape(weights: weights) }
    let found = predict(split, batches: batches(of: split), tapes: tapes, on: team)
    return (0..<split.count).compactMap { found[$0] }
  }

  /// The predictions that bound the scores on a split (``ExtractionModel/oracle(of:seed:)``).
  public static func oracle(_ split: any EncodedSplit, seed: UInt64) -> [Prediction] {
    (0..<split.count).map {
      split.oracle($0, seed: seed).padded(to: split.sentence($0).tokens.count)
    }
  }
}

extension Prediction {
  /// Tags outside for the tokens that were not read.
  fileprivate func padded(to count: Int) -> Prediction {
    guard let tags, tags.count < count else { return self }
    var whole = self
    whole.tags = tags + [BIO](repeating: .outside, count: count - tags.count)
    return whole
  }
}
