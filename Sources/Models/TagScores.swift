import Corpora
import Kernels
import Tensors

/// The probabilities of the tags that were chosen for one sentence, each token's alone.
package struct TagScores {
  /// A tag for each token.
  let tags: [Int]
  /// `[rows, tags]`.
  let logits: Matrix
  /// The row of each token.
  let rows: [Int]

  /// The logarithm of the softmax probability of the tags of spans, each token once.
  func logProbability(of spans: [Span]) -> Double {
    Set(spans.flatMap(\.range)).sorted().reduce(0) { sum, token in
      sum
        + Kernels.logProbability(
          of: tags[token], in: logits.row(rows[token]), count: logits.columns)
    }
  }
}
