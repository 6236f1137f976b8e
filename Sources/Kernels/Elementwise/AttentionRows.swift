// The loops of attention over one row of probabilities.

/// The gradient of a row of attention's scores, in the place of that of its probabilities:
/// `ds = a · p ⊙ (f ⊙ dp − δ)`, and `p = f ⊙ p`.
///
/// - Parameters:
///   - p: probabilities; afterwards those that values were weighted by.
///   - dp: the gradient of `f ⊙ p`; afterwards that of scores.
///   - f: the factors of dropout.
///   - delta: `δ = Σ dp ⊙ f ⊙ p`.
///   - a: the factor of scores before the softmax.
package func attentionSlopes(
  _ p: UnsafeMutablePointer<Float>, _ dp: UnsafeMutablePointer<Float>,
  factors f: UnsafePointer<Float>, delta: Float, times a: Float, count: Int
) {
  for i in 0..<count { dp[i] = (p[i] * a) * (-delta).addingProduct(f[i], dp[i]) }
  for i in 0..<count { p[i] *= f[i] }
}

/// ``attentionSlopes(_:_:factors:delta:times:count:)`` without dropout.
package func attentionSlopes(
  _ p: UnsafePointer<Float>, _ dp: UnsafeMutablePointer<Float>, delta: Float, times a: Float,
  count: Int
) {
  for i in 0..<count { dp[i] = (p[i] * a) * (dp[i] - delta) }
}

/// The factors of dropout in the place of uniform numbers: 0 below `probability`, else `kept`.
package func dropoutFactors(
  _ x: UnsafeMutablePointer<Float>, probability: Float, kept: Float, count: Int
) {
  for i in 0..<count { x[i] = x[i] < probability ? 0 : kept }
}

/// `x = f ⊙ x`.
package func multiply(
  _ x: UnsafeMutablePointer<Float>, by f: UnsafePointer<Float>, count: Int
) {
  for i in 0..<count { x[i] *= f[i] }
}

/// Positions whose scores are computed together: a matrix of keys has room for a multiple of them.
package let attentionRun = 64

// Each element below is one chain of fused multiply-adds in the order of the inner index, as in ``multiplyPanels``: a
// cached position has the bits that it has in a product.

/// The scores of one query, `s[j] = Σ q[c] k[c, j]`.
///
/// - Parameters:
///   - keys: `[width, positions]`, `stride` floats from row to row.
///   - scores: room for the next multiple of ``attentionRun`` positions; those from `count` on mean nothing.
package func attentionScores(
  _ q: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, stride: Int, width: Int,
  into scores: UnsafeMutablePointer<Float>, count: Int
) {
  for first in Swift.stride(from: 0, to: count, by: attentionRun) {
    weightedSum(
      q, keys + first, stride: stride, count: width, into: scores + first, width: attentionRun)
  }
}

/// `y[c] = Σ p[j] v[j, c]`.
///
/// - Parameter values: `[count, width]`, `stride` floats from row to row.
package func weightedSum(
  _ p: UnsafePointer<Float>, _ values: UnsafePointer<Float>, stride: Int, count: Int,
  into y: UnsafeMutablePointer<Float>, width: Int
) {
  var first = 0
  while first + 64 <= width {
    weightedSum(p, values + first, stride, count, y + first, InlineArray<4, SIMD16<Float>>.self)
    first += 64
  }
  while first + 16 <= width {
    weightedSum(p, values + first, stride, count, y + first, InlineArray<1, SIMD16<Float>>.self)
    first += 16
  }
  for c in first..<width {
    y[c] = (0..<count).reduce(0) { $0.addingProduct(p[$1], values[$1 * stride + c]) }
  }
}

/// Sixteen columns for each of `parts`, side by side in registers.
@inline(__always)
private func weightedSum<let parts: Int>(
  _ p: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ stride: Int, _ count: Int,
  _ y: UnsafeMutablePointer<Float>, _: InlineArray<parts, SIMD16<Float>>.Type
) {
  var sums = InlineArray<parts, SIMD16<Float>>(repeating: SIMD16())
  for j in 0..<count {
    let (factor, row) = (SIMD16<Float>(repeating: p[j]), UnsafeRawPointer(values + j * stride))
    for part in 0..<parts {
      sums[part].addProduct(
        factor, (row + 64 * part).loadUnaligned(as: SIMD16<Float>.self))
    }
  }
  for part in 0..<parts {
    UnsafeMutableRawPointer(y + 16 * part).storeBytes(of: sums[part], as: SIMD16<Float>.self)
  }
}
