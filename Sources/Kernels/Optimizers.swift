/// One step of Adam (Kingma and Ba, 2015), bias-corrected, with decoupled weight decay:
/// `m = β₁m + (1−β₁)g`, `v = β₂v + (1−β₂)g²`, `p −= η·(m/c₁)/(√(v/c₂) + ε) + η·decay·p`.
///
/// - Parameters:
///   - clip: the factor that clipping puts on `g`, 1 without clipping.
///   - corrections: `c₁ = 1 − β₁ᵏ`, `c₂ = 1 − β₂ᵏ` at step k.
/// - Returns: whether every parameter is finite.
package func adam(
  _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ m: UnsafeMutablePointer<Float>,
  _ v: UnsafeMutablePointer<Float>, count: Int, rate: Float, clip: Float,
  betas: (Float, Float), epsilon: Float, corrections: (Float, Float), decay: Float
) -> Bool {
  let (b1, b2) = betas
  let (inverse1, inverse2) = (1 / corrections.0, 1 / corrections.1)
  let keep = 1 - rate * decay
  var largest: UInt32 = 0
  for i in 0..<count {
    let gradient = g[i] * clip
    m[i] = (b1 * m[i]).addingProduct(1 - b1, gradient)
    v[i] = (b2 * v[i]).addingProduct((1 - b2) * gradient, gradient)
    let step = rate * (m[i] * inverse1) / ((v[i] * inverse2).squareRoot() + epsilon)
    p[i] = p[i] * keep - step
    largest = max(largest, p[i].bitPattern & exponentBits)
  }
  return largest != exponentBits
}

/// One step of RMSprop: `v = ρv + (1−ρ)g²`, `p −= η·g/(√v + ε)`, not centred (models.md 1.13.4).
package func rmsprop(
  _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ v: UnsafeMutablePointer<Float>,
  count: Int, rate: Float, clip: Float, decay rho: Float, epsilon: Float
) -> Bool {
  var largest: UInt32 = 0
  for i in 0..<count {
    let gradient = g[i] * clip
    v[i] = (rho * v[i]).addingProduct((1 - rho) * gradient, gradient)
    p[i] -= rate * gradient / (v[i].squareRoot() + epsilon)
    largest = max(largest, p[i].bitPattern & exponentBits)
  }
  return largest != exponentBits
}
