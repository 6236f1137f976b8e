// The loops of layer normalisation (Ba, Kiros and Hinton, 2016), a row at a time.

/// `x = (x − mean) / √(variance + ε)`, the variance over all `count` values, not one less.
///
/// - Returns: `1 / √(variance + ε)`.
package func normalize(
  _ x: UnsafeMutablePointer<Float>, epsilon: Float, count: Int
) -> Float {
  let mean = sum(x, count: count) / Float(count)
  for i in 0..<count { x[i] -= mean }
  let scale = 1 / (dot(x, x, count: count) / Float(count) + epsilon).squareRoot()
  for i in 0..<count { x[i] *= scale }
  return scale
}

/// `y = γ ⊙ x + β`.
package func affine(
  _ x: UnsafePointer<Float>, times gamma: UnsafePointer<Float>, plus beta: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = beta[i].addingProduct(gamma[i], x[i]) }
}

/// Turns the gradient of a normalised value, `x̂ = (x − mean) · scale`, into that of `x`:
/// `scale · (g − mean(g) − x̂ mean(g ⊙ x̂))`.
package func normalizationGradient(
  _ g: UnsafeMutablePointer<Float>, normalized x: UnsafePointer<Float>, scale: Float, count: Int
) {
  let mean = sum(g, count: count) / Float(count)
  let slope = dot(g, x, count: count) / Float(count)
  for i in 0..<count { g[i] = (g[i] - mean).addingProduct(-slope, x[i]) * scale }
}
