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
  return inBlocks(count) { start, count in
    let (p, g, m, v) = (p + start, g + start, m + start, v + start)
    for i in 0..<count { m[i] = (b1 * m[i]).addingProduct((1 - b1) * clip, g[i]) }
    for i in 0..<count {
      let gradient = g[i] * clip
      v[i] = (b2 * v[i]).addingProduct((1 - b2) * gradient, gradient)
    }
    for i in 0..<count {
      let step = rate * (m[i] * inverse1) / ((v[i] * inverse2).squareRoot() + epsilon)
      p[i] = p[i] * keep - step
    }
    return !hasNonFinite(p, count: count)
  }
}

/// One step of RMSprop: `v = ρv + (1−ρ)g²`, `p −= η·g/(√v + ε)`, not centred
/// (Models/README.md 1.13.4).
package func rmsprop(
  _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ v: UnsafeMutablePointer<Float>,
  count: Int, rate: Float, clip: Float, decay rho: Float, epsilon: Float
) -> Bool {
  inBlocks(count) { start, count in
    let (p, g, v) = (p + start, g + start, v + start)
    for i in 0..<count {
      let gradient = g[i] * clip
      v[i] = (rho * v[i]).addingProduct((1 - rho) * gradient, gradient)
    }
    for i in 0..<count { p[i] -= rate * (g[i] * clip) / (v[i].squareRoot() + epsilon) }
    return !hasNonFinite(p, count: count)
  }
}

/// One step of a running average: `average += share·(p − average)` (Models/README.md 1.11).
package func follow(
  _ p: UnsafePointer<Float>, by average: UnsafeMutablePointer<Float>, count: Int, share: Float
) {
  for i in 0..<count { average[i] = average[i].addingProduct(share, p[i] - average[i]) }
}

/// Exchanges two arrays of `count` values, which do not overlap.
package func exchange(
  _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count {
    let value = a[i]
    a[i] = b[i]
    b[i] = value
  }
}

/// Runs `body` on blocks that stay in cache from one of its loops to the next. Each loop is over few arrays: a
/// single loop over all of them would not become vector code.
///
/// - Returns: whether `body` returned true for every block.
@inline(__always)
private func inBlocks(_ count: Int, _ body: (_ start: Int, _ count: Int) -> Bool) -> Bool {
  let size = 1024
  var isFine = true
  for start in stride(from: 0, to: count, by: size) {
    isFine = body(start, min(size, count - start)) && isFine
  }
  return isFine
}
