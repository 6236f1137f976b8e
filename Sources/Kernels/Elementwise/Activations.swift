import CVectors
import Glibc

// One file, because a function is inlined only within its file in a debug build, and the loops below are
// vector code only where the functions are inlined.

/// The two factors of an exponential, `2ⁿ` and `eʳ` less 1, for `x = n·ln 2 + r`.
///
/// The reduction is that of the Cephes library (`expf`); the polynomial is `eʳ` to the smallest largest
/// relative error at degree 6, 2⁻²⁸, before rounding, evaluated in pairs of terms (Estrin), which has a shorter
/// chain of dependences than Horner's scheme. `n` is rounded by adding 1.5·2²³, and 127 with it, so that a shift of the bits
/// makes `2ⁿ`, and a loop over it becomes vector code.
///
/// - Precondition: x lies in −87...88, or is NaN.
@inline(__always)
private func exponentialParts(_ x: Float) -> (scale: Float, rest: Float) {
  let shifted = (12_583_039 as Float).addingProduct(x, 1.442_695_04)
  let n = shifted - 12_583_039
  let r = x.addingProduct(n, -0.693_359_375).addingProduct(n, 2.121_944_4e-4)
  let square = r * r
  let low = (4.999_999_4e-1 as Float).addingProduct(1.666_652_1e-1, r)
  let middle = (4.166_839e-2 as Float).addingProduct(8.368_745e-3, r)
  let high = middle.addingProduct(1.381_453_9e-3, square)
  let rest = r.addingProduct(low.addingProduct(high, square), square)
  return (Float(bitPattern: shifted.bitPattern &<< 23), rest)
}

/// `x` in `least...most`; NaN stays NaN. The comparisons are those of the CPU's minimum and maximum instructions,
/// unlike the library's `max`. One bound is hidden from the compiler: of two constants it would make a comparison
/// and a choice.
@inline(__always)
private func bounded(_ x: Float, _ least: Float, _ most: Float) -> Float {
  let most = tercet_unknown(most)
  let x = most < x ? most : x
  return x < least ? least : x
}

/// `eˣ`, for x in −87...88 (bounded there); NaN stays NaN.
@inline(__always)
package func exponential(_ x: Float) -> Float {
  let (scale, rest) = exponentialParts(bounded(x, -87, 88))
  return scale.addingProduct(scale, rest)
}

/// `eˣ − 1`, without cancellation near 0.
@inline(__always)
package func exponentialMinusOne(_ x: Float) -> Float {
  let (scale, rest) = exponentialParts(bounded(x, -87, 88))
  return (scale - 1).addingProduct(scale, rest)
}

/// The logistic function, `σ(x) = e / (e + 1)` with `e = eˣ`.
@inline(__always)
package func logistic(_ x: Float) -> Float {
  let (scale, rest) = exponentialParts(bounded(x, -87, 88))
  let e = scale.addingProduct(scale, rest)
  return e / (e + 1)
}

/// The logarithm of the logistic function, `−log(1 + e⁻ˣ)`.
package func logSigmoid(_ x: Float) -> Float {
  x < 0 ? x - log1pf(expf(x)) : -log1pf(expf(-x))
}

/// `tanh x = e / (e + 2)` with `e = e²ˣ − 1`, without cancellation near 0.
@inline(__always)
package func hyperbolicTangent(_ x: Float) -> Float {
  let (scale, rest) = exponentialParts(bounded(2 * x, -40, 40))
  let e = (scale - 1).addingProduct(scale, rest)
  return e / (e + 2)
}

/// `h = o ⊙ tanh c`, and `tanh c`; `o` and `c` are other memory than what is written.
func squash(
  _ c: UnsafePointer<Float>, output o: UnsafePointer<Float>,
  squashed: UnsafeMutablePointer<Float>, hidden h: UnsafeMutablePointer<Float>, count: Int
) {
  for k in 0..<count {
    let value = hyperbolicTangent(c[k])
    squashed[k] = value
    h[k] = o[k] * value
  }
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

/// The error function, `erf x = 2/√π ∫₀ˣ e^(−t²) dt`, within one unit in the last place.
///
/// Near 0 an odd polynomial; elsewhere `1 − e^p(|x|)`, as p approximates the logarithm of `1 − erf` (the coefficients are
/// those of N. Juffa's `erff`). Both are computed, so that a loop over it becomes vector code.
@inline(__always)
package func errorFunction(_ x: Float) -> Float {
  let (size, square) = (abs(x), x * x)
  let top = (3.831_971_26e-4 as Float).addingProduct(-1.728_534_7e-5, size)
  let middle = (2.425_462_19e-2 as Float).addingProduct(-3.883_964_38e-3, size)
  let tail = (-1.287_175_12e-1 as Float).addingProduct(
    (-6.348_466_87e-1 as Float).addingProduct(
      (-1.067_778_77e-1 as Float).addingProduct(middle.addingProduct(top, square), size), size),
    size)
  let far = 1 - exponential((-size).addingProduct(tail, size))
  let low = (4.991_194_23e-3 as Float).addingProduct(-5.967_617_03e-4, square)
  let high = (1.128_199_25e-1 as Float).addingProduct(
    (-2.676_813_49e-2 as Float).addingProduct(low, square), square)
  let near = (1.283_791_66e-1 as Float).addingProduct(
    (-3.761_253_36e-1 as Float).addingProduct(high, square), square)
  let sign = x.bitPattern & 0x8000_0000
  return size > 0.927_734_375
    ? Float(bitPattern: far.bitPattern | sign) : x.addingProduct(near, x)
}

/// The normal distribution function, `Φ(x) = (1 + erf(x/√2)) / 2`.
@inline(__always)
private func normalShare(_ x: Float) -> Float {
  (0.5 as Float).addingProduct(0.5, errorFunction(x * 0.707_106_78))
}

/// `gelu(x) = x Φ(x)` (Hendrycks and Gimpel, *Gaussian error linear units*, 2016).
@inline(__always)
package func gelu(_ x: Float) -> Float { x * normalShare(x) }

/// `y = gelu(x + b)`, and in the place of `x` the slope at each point, `Φ(z) + z φ(z)` with `z = x + b`.
package func biasedGelu(
  _ x: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  for i in 0..<count { x[i] += bias[i] }
  for i in 0..<count { y[i] = normalShare(x[i]) }
  for i in 0..<count {
    let (z, share) = (x[i], y[i])
    x[i] = share.addingProduct(z * 0.398_942_28, exponential(-0.5 * z * z))
    y[i] = z * share
  }
}

/// `y = gelu(y + b)`.
package func applyBiasedGelu(
  bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = gelu(y[i] + bias[i]) }
}

/// A function of one element, with its slope.
package enum Activation: Sendable {
  case identity, logistic, tanh, relu, selu
}

/// `y = activation(y)`. In place only: with two pointers that may be the same, the loop could not be
/// vector code.
package func apply(_ activation: Activation, to y: UnsafeMutablePointer<Float>, count: Int) {
  switch activation {
  case .identity: break
  case .logistic: for i in 0..<count { y[i] = logistic(y[i]) }
  case .tanh: for i in 0..<count { y[i] = hyperbolicTangent(y[i]) }
  case .relu: for i in 0..<count { y[i] = y[i] > 0 ? y[i] : 0 }
  case .selu: for i in 0..<count { y[i] = selu(y[i]) }
  }
}

/// `dx += dy ⊙ activation′`, the slope computed from the value `y = activation(x)`.
package func addSlopeProduct(
  _ activation: Activation, value y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
  to dx: UnsafeMutablePointer<Float>, count: Int
) {
  switch activation {
  case .identity: add(dy, to: dx, count: count)
  case .logistic:
    for i in 0..<count { dx[i] = dx[i].addingProduct(dy[i], y[i] * (1 - y[i])) }
  case .tanh: for i in 0..<count { dx[i] = dx[i].addingProduct(dy[i], 1 - y[i] * y[i]) }
  case .relu: for i in 0..<count { dx[i] += y[i] > 0 ? dy[i] : 0 }
  case .selu: for i in 0..<count { dx[i] = dx[i].addingProduct(dy[i], seluSlope(ofValue: y[i])) }
  }
}

/// Replaces scores by their softmax; one of −∞ becomes 0.
///
/// - Returns: the logarithm of the sum of their exponentials.
package func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) -> Float {
  let largest = largest(x, count: count)
  for i in 0..<count { x[i] = x[i] == -.infinity ? 0 : exponential(x[i] - largest) }
  let total = sum(x, count: count)
  for i in 0..<count { x[i] /= total }
  return largest + logf(total)
}

/// `y[s] = log Σₖ exp(x[k, s] + a[k])`, the largest term taken out first.
///
/// - Parameters:
///   - x: `[rows, count]`, `stride` floats from row to row.
///   - a: a number for each row, `step` floats apart.
///   - largest: workspace of `count` floats.
/// - Precondition: there is a row; `y` and `largest` are other memory than `x`.
package func logSumExp(
  _ x: UnsafePointer<Float>, rows: Int, stride: Int, adding a: UnsafePointer<Float>, step: Int,
  into y: UnsafeMutablePointer<Float>, largest: UnsafeMutablePointer<Float>, count: Int
) {
  for s in 0..<count { largest[s] = -.infinity }
  for k in 0..<rows {
    let (row, added) = (x + k * stride, a[k * step])
    for s in 0..<count {
      let term = row[s] + added
      largest[s] = term > largest[s] ? term : largest[s]
    }
  }
  for s in 0..<count { y[s] = 0 }
  for k in 0..<rows {
    let (row, added) = (x + k * stride, a[k * step])
    for s in 0..<count { y[s] += exponential(row[s] + added - largest[s]) }
  }
  for s in 0..<count { y[s] = largest[s] + logf(y[s]) }
}

/// `y = exp(a + b + c − z)`.
package func exponentials(
  _ a: UnsafePointer<Float>, plus b: UnsafePointer<Float>, plus c: Float,
  minus z: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = exponential(a[i] + b[i] + c - z[i]) }
}

/// `x = exp(a·x − z)`.
package func exponentials(
  _ x: UnsafeMutablePointer<Float>, times a: Float, minus z: Float, count: Int
) {
  for i in 0..<count { x[i] = exponential((-z).addingProduct(a, x[i])) }
}
