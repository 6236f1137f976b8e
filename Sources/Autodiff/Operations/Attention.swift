import Kernels
import Tensors

/// The reduction of an attention's weighted rows to one vector.
public enum ContextReduction: Sendable {
  /// `Σ_i w_i H_i`.
  case sum
  /// The sum divided by the sentence's length, as in the TensorFlow program of CopyRE
  /// (Copy/README.md 2.1).
  case mean
}

extension Tape {
  /// Attention: `k = Σ_i w_i H_i` with `w = softmax(u)` over the tokens of each sentence.
  ///
  /// - Parameters:
  ///   - scores: `u`, `[tokens, 1]`, in the rows of `layout`.
  ///   - values: `H`, `[tokens, width]`, likewise.
  /// - Returns: `k`, `[sentences, width]`.
  public func attended(
    scores: Variable, values: Variable, layout: SequenceLayout, reduction: ContextReduction = .sum
  ) -> Variable {
    precondition(
      scores.value.rows == layout.rows && values.value.rows == layout.rows,
      "attention over \(layout.rows) tokens")
    let width = values.value.columns
    let weights = softmaxOverSentences(scores.value, layout: layout)
    let shares = layout.lengths.map { reduction == .mean ? 1 / Float($0) : 1 }
    let context = variable(
      pool.zeros(layout.sentences, width),
      rows: values.rows.gathered(layout.rows(at: 0)))
    let perSentence = SentenceProducts(layout, products, pool)
    let shared = pool.uninitialized(layout.rows, 1)
    layout.forEachToken { shared.pointer[$1] = weights.pointer[$1] * shares[$0] }
    perSentence.addSums(shared, values.value, to: context.value)
    record(context) { dk, _ in
      let (dScores, dValues) = (scores.gradient, values.gradient)
      let dWeights = self.pool.uninitialized(layout.rows, 1)
      var mean = [Float](repeating: 0, count: layout.sentences)
      perSentence.dots(dk, values.value, into: dWeights)
      layout.forEachToken { sentence, row in
        dWeights.pointer[row] *= shares[sentence]
        mean[sentence] += dWeights.pointer[row] * weights.pointer[row]
      }
      perSentence.addOuterProducts(shared, dk, to: dValues)
      layout.forEachToken { sentence, row in
        dScores.pointer[row] += weights.pointer[row] * (dWeights.pointer[row] - mean[sentence])
      }
    }
    return context
  }

  /// The softmax of token scores over each sentence, `[tokens, 1]`.
  private func softmaxOverSentences(_ scores: Matrix, layout: SequenceLayout) -> Matrix {
    var largest = [Float](repeating: -.infinity, count: layout.sentences)
    layout.forEachToken { largest[$0] = Swift.max(largest[$0], scores.pointer[$1]) }
    let weights = pool.uninitialized(layout.rows, 1)
    var sums = [Float](repeating: 0, count: layout.sentences)
    layout.forEachToken { sentence, row in
      let weight = exponential(scores.pointer[row] - largest[sentence])
      weights.pointer[row] = weight
      sums[sentence] += weight
    }
    layout.forEachToken { weights.pointer[$1] /= sums[$0] }
    return weights
  }
}

extension SequenceLayout {
  /// Visits every token in the order of the rows.
  func forEachToken(_ visit: (_ sentence: Int, _ row: Int) -> Void) {
    for step in 0..<steps {
      for (sentence, row) in rows(at: step).enumerated() { visit(sentence, row) }
    }
  }
}
