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
