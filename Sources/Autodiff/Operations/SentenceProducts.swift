import Kernels
import Tensors

/// The products of attention, a vector a sentence with the rows of the sentence's tokens. Those rows do not lie
/// end to end: OpenBLAS multiplies copies of them, else each token is multiplied where it is.
struct SentenceProducts {
  private let layout: SequenceLayout
  private let products: Products
  private let pool: MatrixPool

  init(_ layout: SequenceLayout, _ products: Products, _ pool: MatrixPool) {
    self.layout = layout
    self.products = products
    self.pool = pool
  }

  private var usesOpenBLAS: Bool { products.library == .openblas }

  /// `k_s += Σ_i w_i H_i` over the tokens of each sentence s.
  ///
  /// - Parameters:
  ///   - weights: `w`, `[tokens, 1]`.
  ///   - values: `H`, `[tokens, width]`.
  ///   - sums: `k`, `[sentences, width]`.
  func addSums(_ weights: Matrix, _ values: Matrix, to sums: Matrix) {
    guard usesOpenBLAS else {
      return layout.forEachToken { sentence, row in
        add(
          values.row(row), times: weights.pointer[row], to: sums.row(sentence),
          count: values.columns)
      }
    }
    forEachSentence { rows, vector in
      products.multiply(
        copy(weights, rows), copy(values, rows), transposing: .first, into: sums.rows(vector),
        adding: true)
    }
  }

  /// `d_i = k_s · H_i` for each token i of each sentence s.
  ///
  /// - Parameters:
  ///   - vectors: `k`, `[sentences, width]`.
  ///   - values: `H`, `[tokens, width]`.
  ///   - dots: `d`, `[tokens, 1]`.
  func dots(_ vectors: Matrix, _ values: Matrix, into dots: Matrix) {
    guard usesOpenBLAS else {
      return layout.forEachToken { sentence, row in
        dots.pointer[row] = dot(vectors.row(sentence), values.row(row), count: values.columns)
      }
    }
    forEachSentence { rows, vector in
      let found = pool.uninitialized(rows.count, 1)
      products.multiply(rowsOf: copy(values, rows), by: vectors.rows(vector), into: found)
      for (place, row) in rows.enumerated() { dots.pointer[row] = found.pointer[place] }
    }
  }

  /// `H_i += w_i k_s` for each token i of each sentence s.
  ///
  /// - Parameters:
  ///   - weights: `w`, `[tokens, 1]`.
  ///   - vectors: `k`, `[sentences, width]`.
  ///   - values: `H`, `[tokens, width]`.
  func addOuterProducts(_ weights: Matrix, _ vectors: Matrix, to values: Matrix) {
    guard usesOpenBLAS else {
      return layout.forEachToken { sentence, row in
        add(
          vectors.row(sentence), times: weights.pointer[row], to: values.row(row),
          count: values.columns)
      }
    }
    forEachSentence { rows, vector in
      let found = pool.uninitialized(rows.count, values.columns)
      products.multiply(copy(weights, rows), vectors.rows(vector), into: found)
      for (place, row) in rows.enumerated() {
        add(found.row(place), to: values.row(row), count: values.columns)
      }
    }
  }

  /// Visits each sentence: the rows of its tokens, and its row among vectors.
  private func forEachSentence(_ visit: ([Int], Range<Int>) -> Void) {
    for sentence in 0..<layout.sentences {
      visit(layout.rows(ofSentence: sentence), sentence..<sentence + 1)
    }
  }

  /// Some rows of a matrix, end to end.
  private func copy(_ matrix: Matrix, _ rows: [Int]) -> Matrix {
    let copy = pool.uninitialized(rows.count, matrix.columns)
    for (place, row) in rows.enumerated() {
      copy.row(place).update(from: matrix.row(row), count: matrix.columns)
    }
    return copy
  }
}
