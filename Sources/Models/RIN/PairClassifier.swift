import Autodiff
import Kernels
import Layers
import Tensors

/// RC, the relation classifier: `p_ij = σ(Wr m_ij + br)` with `m_ij = relu(Wm [hr_i ; hr_j] + bm)`, for every
/// ordered pair of tokens, head i and tail j (RIN/README.md 6.2).
package struct PairClassifier: Sendable {
  /// `Wm`, `[M, 2d]`, and `bm`.
  package let hidden: SplitLinear
  /// `Wr`, `[R, M]`, and `br`.
  package let relations: Linear

  init(_ name: String, inputs: Int, width: Int, relations: Int, in layout: inout ParameterLayout) {
    hidden = SplitLinear(
      "\(name).hidden", left: inputs, right: inputs, outputs: width, in: &layout)
    self.relations = Linear("\(name).relation", inputs: width, outputs: relations, in: &layout)
  }

  /// The logits of all pairs, which are computed some heads at a time.
  ///
  /// - Parameter x: `Hr`, `[tokens, d]`, in the rows of `layout`.
  package func logits(
    _ x: Variable, layout: SequenceLayout, on tape: Tape
  ) -> PairLogits {
    PairLogits(
      heads: hidden.left(x, on: tape), tails: hidden.right(x, on: tape), relations: relations,
      layout: layout, on: tape)
  }
}

/// The relation logits of all ordered pairs of each sentence's tokens, some heads with all their tails at a time:
/// `Wm [a ; b] = Wm₁ a + Wm₂ b`, so that a pair costs an addition and a product with `Wr`
/// (RIN/README.md 6.5). Nothing of the size of all pairs is kept.
package struct PairLogits {
  /// `u = Wm₁ hr`, `[tokens, M]`.
  let heads: Variable
  /// `v = Wm₂ hr + bm`, `[tokens, M]`.
  let tails: Variable
  /// `Wr`, `[R, M]`.
  let relations: Parameter
  /// `br`, `[1, R]`.
  let bias: Parameter
  let layout: SequenceLayout
  let weight: Weight
  private let biases: Matrix
  private let hidden: Matrix
  private let scores: Matrix
  private let tailsOfSentence: Matrix

  /// Pairs in a run, unless one head has more tails.
  private static let mostPairs = 256

  init(
    heads: Variable, tails: Variable, relations: Linear, layout: SequenceLayout, on tape: Tape
  ) {
    guard let bias = relations.bias else { preconditionFailure("relations without a bias") }
    let (pairs, width) = (max(Self.mostPairs, layout.steps), heads.value.columns)
    (self.heads, self.tails, self.layout) = (heads, tails, layout)
    (self.relations, self.bias) = (relations.weight, bias)
    weight = tape.weight(tape.values(relations.weight))
    biases = tape.values(bias)
    hidden = tape.pool.uninitialized(pairs, width)
    scores = tape.pool.uninitialized(pairs, relations.weight.rows)
    tailsOfSentence = tape.pool.uninitialized(layout.steps, width)
  }

  /// Rows of the largest run.
  var mostPairs: Int { hidden.rows }
  /// The number of relations, R.
  package var count: Int { relations.rows }
  /// The width of the hidden layer, M.
  var width: Int { heads.value.columns }

  /// Some heads of a sentence with all tails: row `(i − first head) · n + j` belongs to the pair (i, j).
  package struct Run {
    /// The heads, as positions in the sentence.
    package let heads: Range<Int>
    /// The rows of the sentence's n tokens.
    package let tokens: [Int]
    /// `m`, `[heads · n, M]`.
    let hidden: Matrix
    /// Logits, `[heads · n, R]`; the visitor may overwrite them.
    package let scores: Matrix

    /// The row of a pair.
    package func row(head: Int, tail: Int) -> Int {
      (head - heads.lowerBound) * tokens.count + tail
    }
  }

  /// Computes the runs of a sentence one after the other, heads in order.
  package func forEachRun(ofSentence sentence: Int, _ visit: (Run) -> Void) {
    let tokens = layout.rows(ofSentence: sentence)
    let n = tokens.count
    for (position, row) in tokens.enumerated() {
      tailsOfSentence.row(position).update(from: tails.value.row(row), count: width)
    }
    let step = max(1, Self.mostPairs / n)
    for first in stride(from: 0, to: n, by: step) {
      let run = first..<min(first + step, n)
      let (m, x) = (hidden.rows(0..<run.count * n), scores.rows(0..<run.count * n))
      for head in run {
        rectifiedSums(
          heads.value.row(tokens[head]), tailsOfSentence.pointer,
          into: m.row((head - first) * n), rows: n, width: width)
      }
      weight.forward(m, into: x)
      addRow(biases.pointer, to: x.pointer, rows: x.rows, columns: count)
      visit(Run(heads: run, tokens: tokens, hidden: m, scores: x))
    }
  }
}
