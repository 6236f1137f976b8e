// One file, because a function is inlined only within its file in a debug build, and the loops below are
// vector code only where the functions are inlined.

/// What `2ⁿ` and `eʳ − 1` are for `x = n·ln 2 + r`, the two halves of an exponential.
///
/// The polynomial is that of the Cephes library (`expf`), relative error below 2⁻²³. `n` is rounded
/// by adding 1.5·2²³, and `2ⁿ` is made from its bits, so that a loop over it becomes vector code.
@inline(__always)
private func exponentialParts(_ x: Float) -> (scale: Float, rest: Float) {
  let bounded = max(min(x, 88.0), -87.0)
  let shifted = (bounded * 1.442_695_04).addingProduct(1, 12_582_912)
  let n = shifted - 12_582_912
  let r = bounded.addingProduct(n, -0.693_359_375).addingProduct(n, 2.121_944_4e-4)
  var p: Float = 1.987_569_15e-4
  p = (1.398_199_95e-3 as Float).addingProduct(p, r)
  p = (8.333_451_9e-3 as Float).addingProduct(p, r)
  p = (4.166_579_6e-2 as Float).addingProduct(p, r)
  p = (1.666_666_55e-1 as Float).addingProduct(p, r)
  p = (5.000_000_1e-1 as Float).addingProduct(p, r)
  let rest = r.addingProduct(p * r, r)
  let bits = (shifted.bitPattern &- 0x4B40_0000 &+ 127) &<< 23
  return (Float(bitPattern: bits), rest)
}

/// `eˣ`, for x in −87...88 (bounded there); NaN stays NaN.
@inline(__always)
package func exponential(_ x: Float) -> Float {
  let (scale, rest) = exponentialParts(x)
  return scale.addingProduct(scale, rest)
}

/// `eˣ − 1`, without cancellation near 0.
@inline(__always)
package func exponentialMinusOne(_ x: Float) -> Float {
  let (scale, rest) = exponentialParts(x)
  return (scale - 1).addingProduct(scale, rest)
}

/// The logistic function, `σ(x) = 1 / (1 + e⁻ˣ)`.
@inline(__always)
package func logistic(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

/// `tanh x = e / (e + 2)` with `e = e²ˣ − 1`, without cancellation near 0.
@inline(__always)
package func hyperbolicTangent(_ x: Float) -> Float {
  let e = exponentialMinusOne(2 * max(min(x, 20), -20))
  return e / (e + 2)
}

/// The two constants of selu (Klambauer et al., *Self-normalizing neural networks*, 2017).
package enum Selu {
  package static let scale: Float = 1.050_700_987_355_480_5
  package static let alpha: Float = 1.673_263_242_354_377_2
}

/// `selu(x) = scale · (x if x > 0 else alpha · (eˣ − 1))`.
@inline(__always)
package func selu(_ x: Float) -> Float {
  let negative = (Selu.scale * Selu.alpha) * exponentialMinusOne(min(x, 0))
  return x > 0 ? Selu.scale * x : negative
}

/// The derivative of selu at the point whose value is `y = selu(x)`: `scale` or `y + scale·alpha`.
@inline(__always)
package func seluSlope(ofValue y: Float) -> Float {
  y > 0 ? Selu.scale : y + Selu.scale * Selu.alpha
}

/// A function that is applied element by element.
package enum Activation: Sendable {
  case identity, logistic, tanh, selu
}

/// `y = activation(y)`. In place only: with two pointers that may be the same, the loop could not be
/// vector code.
package func apply(_ activation: Activation, to y: UnsafeMutablePointer<Float>, count: Int) {
  switch activation {
  case .identity: break
  case .logistic: for i in 0..<count { y[i] = logistic(y[i]) }
  case .tanh: for i in 0..<count { y[i] = hyperbolicTangent(y[i]) }
  case .selu: for i in 0..<count { y[i] = selu(y[i]) }
  }
}

/// `dx += dy ⊙ activation′`, the slope being read off the value `y = activation(x)`.
package func addSlopeProduct(
  _ activation: Activation, value y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
  to dx: UnsafeMutablePointer<Float>, count: Int
) {
  switch activation {
  case .identity: add(dy, to: dx, count: count)
  case .logistic:
    for i in 0..<count { dx[i] = dx[i].addingProduct(dy[i], y[i] * (1 - y[i])) }
  case .tanh: for i in 0..<count { dx[i] = dx[i].addingProduct(dy[i], 1 - y[i] * y[i]) }
  case .selu: for i in 0..<count { dx[i] = dx[i].addingProduct(dy[i], seluSlope(ofValue: y[i])) }
  }
}
