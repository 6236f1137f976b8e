import Kernels
import Tensors

/// One head's attention of a sentence's last positions to all of them; in training the last are all.
struct AttentionHead {
  /// `[rows, width]`.
  let q: Matrix
  /// `[positions, width]` each.
  let k: Matrix
  let v: Matrix
  let mask: AttentionMask
  /// The draws of a sentence that belong to the head; of training alone.
  var dropout: (mask: DropoutMask, sentence: Int, head: Int)?
  let products: Products
  let pool: MatrixPool

  /// The position of the first row.
  private var first: Int { k.rows - q.rows }
  /// The factor of scores, `1 / √width`.
  private var factor: Float { 1 / Float(q.columns).squareRoot() }
  private var blocks: [(rows: Range<Int>, columns: Int)] {
    mask.blocks(first..<k.rows, of: k.rows).map { rows, columns in
      (rows.lowerBound - first..<rows.upperBound - first, columns)
    }
  }

  /// Writes the head's output, `[rows, width]`, and of each row the logarithm of its scores' sum of exponentials.
  func forward(into y: Matrix, logSums: UnsafeMutablePointer<Float>? = nil) {
    let factors = pool.uninitialized(1, k.rows)
    for block in blocks {
      let p = pool.uninitialized(block.rows.count, block.columns)
      products.multiply(
        q.rows(block.rows), k.rows(0..<block.columns), transposing: .second, into: p)
      for (place, row) in block.rows.enumerated() {
        let (scores, count) = (p.row(place), mask.visible(first + row, of: k.rows))
        scale(scores, by: factor, count: count)
        let logSum = softmax(scores, count: count)
        logSums?[row] = logSum
        if drop(row, count, to: factors) { multiply(scores, by: factors.pointer, count: count) }
        (scores + count).update(repeating: 0, count: block.columns - count)
      }
      products.multiply(p, v.rows(0..<block.columns), into: y.rows(block.rows))
    }
  }

  /// Writes the factors of a row's probabilities.
  ///
  /// - Returns: whether any are dropped.
  private func drop(_ row: Int, _ count: Int, to factors: Matrix) -> Bool {
    guard let dropout else { return false }
    // Rows begin at a multiple of 32 draws, which are computed together.
    let stride = (q.rows + 31) / 32 * 32
    dropout.mask.write(
      from: (dropout.head * q.rows + row) * stride, count: count, sentence: dropout.sentence,
      to: factors.pointer)
    return true
  }

  /// Adds to the gradients of queries, keys and values.
  ///
  /// - Parameters:
  ///   - dy: the gradient of the head's output `y`.
  ///   - logSums: of ``forward(into:logSums:)``.
  func backward(
    _ dy: Matrix, of y: Matrix, logSums: UnsafePointer<Float>,
    to gradients: (Matrix, Matrix, Matrix)
  ) {
    let (dq, dk, dv) = gradients
    let factors = pool.uninitialized(1, k.rows)
    for block in blocks {
      let (rows, seen) = (block.rows, 0..<block.columns)
      let p = pool.uninitialized(rows.count, seen.count)
      let ds = pool.uninitialized(rows.count, seen.count)
      products.multiply(q.rows(rows), k.rows(seen), transposing: .second, into: p)
      products.multiply(dy.rows(rows), v.rows(seen), transposing: .second, into: ds)
      for (place, row) in rows.enumerated() {
        let count = mask.visible(row, of: k.rows)
        let delta = dot(dy.row(row), y.row(row), count: dy.columns)
        exponentials(p.row(place), times: factor, minus: logSums[row], count: count)
        slopes(p.row(place), ds.row(place), row, delta: delta, count: count, factors)
        for row in [p.row(place), ds.row(place)] {
          (row + count).update(repeating: 0, count: seen.count - count)
        }
      }
      products.multiply(ds, k.rows(seen), into: dq.rows(rows), adding: true)
      products.multiply(ds, q.rows(rows), transposing: .first, into: dk.rows(seen), adding: true)
      products.multiply(p, dy.rows(rows), transposing: .first, into: dv.rows(seen), adding: true)
    }
  }

  /// The gradient of a row's scores, and the probabilities that values were weighted by.
  private func slopes(
    _ p: UnsafeMutablePointer<Float>, _ ds: UnsafeMutablePointer<Float>, _ row: Int, delta: Float,
    count: Int, _ factors: Matrix
  ) {
    if drop(row, count, to: factors) {
      attentionSlopes(p, ds, factors: factors.pointer, delta: delta, times: factor, count: count)
    } else {
      attentionSlopes(p, ds, delta: delta, times: factor, count: count)
    }
  }
}
