import Glibc

// Loops over the pairs of a sentence's tokens, whose hidden layer is `m = max(u + v, 0)` (Models/RIN/README.md 6.5),
// and over those of a subject and a token, where a third vector is added (Models/Cascade/README.md 15.3).

/// `y_j = max(u + v_j, 0)` for each row j of `v`.
package func rectifiedSums(
  _ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
  rows: Int, width: Int
) {
  for row in 0..<rows {
    let (from, to) = (v + row * width, y + row * width)
    for k in 0..<width {
      let sum = u[k] + from[k]
      to[k] = sum > 0 ? sum : 0
    }
  }
}

/// The backward pass of ``rectifiedSums(_:_:into:rows:width:)``: `du += Σ_j dy_j` and `dv_j += dy_j`, each where
/// `y_j` is positive.
package func addRectifiedSlopes(
  value y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, head du: UnsafeMutablePointer<Float>,
  tails dv: UnsafeMutablePointer<Float>, rows: Int, width: Int
) {
  for row in 0..<rows {
    let (value, slope, tail) = (y + row * width, dy + row * width, dv + row * width)
    for k in 0..<width {
      let d = value[k] > 0 ? slope[k] : 0
      du[k] += d
      tail[k] += d
    }
  }
}

/// The backward pass of one output of one pair, `w · max(u + v, 0)`, whose gradient is `slope`.
package func addPairSlopes(
  _ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>, weight w: UnsafePointer<Float>,
  times slope: Float, head du: UnsafeMutablePointer<Float>, tail dv: UnsafeMutablePointer<Float>,
  weight dw: UnsafeMutablePointer<Float>, width: Int
) {
  for k in 0..<width {
    let sum = u[k] + v[k]
    let value = sum > 0 ? sum : 0
    let d = sum > 0 ? slope * w[k] : 0
    dw[k] += slope * value
    du[k] += d
    dv[k] += d
  }
}

/// `y = max(a + b + c, 0)`.
package func rectifiedSum(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>, width: Int
) {
  for k in 0..<width {
    let sum = a[k] + b[k] + c[k]
    y[k] = sum > 0 ? sum : 0
  }
}

/// The backward pass of ``rectifiedSum(_:_:_:into:width:)``: adds `dy` to the gradients of a, b and c where `y` is
/// positive.
package func addRectifiedSlopes(
  value y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to da: UnsafeMutablePointer<Float>,
  _ db: UnsafeMutablePointer<Float>, _ dc: UnsafeMutablePointer<Float>, width: Int
) {
  for k in 0..<width {
    let d = y[k] > 0 ? dy[k] : 0
    da[k] += d
    db[k] += d
    dc[k] += d
  }
}

/// Raises maxima to the values that exceed them, and notes the index; the first index wins on ties.
package func raise(
  _ maxima: UnsafeMutablePointer<Float>, to x: UnsafePointer<Float>,
  noting index: Float, in winners: UnsafeMutablePointer<Float>, count: Int
) {
  for k in 0..<count {
    let isLarger = x[k] > maxima[k]
    maxima[k] = isLarger ? x[k] : maxima[k]
    winners[k] = isLarger ? index : winners[k]
  }
}

/// Replaces logits by their probabilities `σ(x)`.
///
/// - Parameter workspace: ``logisticLossWidth`` floats.
/// - Returns: `Σ log(1 + eˣ)`, the binary cross-entropy of targets that are all 0. It is the sum of
///   `max(x, 0) − log σ(|x|)`; logarithms are taken of products of 32 probabilities of a half or more.
package func logisticLoss(
  _ x: UnsafeMutablePointer<Float>, count: Int, workspace: UnsafeMutablePointer<Float>
) -> Double {
  let width = logisticLossWidth
  var loss = 0.0
  for start in stride(from: 0, to: count, by: 32 * width) {
    let end = min(start + 32 * width, count)
    let lanes = min(width, end - start)
    for k in 0..<lanes { workspace[k] = 1 }
    for chunk in stride(from: start, to: end, by: width) {
      let values = x + chunk
      let size = min(width, end - chunk)
      var positive: Float = 0
      for k in 0..<size {
        let value = values[k]
        positive += value > 0 ? value : 0
        let probability = logistic(value)
        values[k] = probability
        // One minus a number below a half has no more rounding than the number's complement itself.
        workspace[k] *= probability > 0.5 ? probability : 1 - probability
      }
      loss += Double(positive)
    }
    for k in 0..<lanes { loss -= Double(logf(workspace[k])) }
  }
  return loss
}

/// The floats of workspace that ``logisticLoss(_:count:workspace:)`` needs.
package let logisticLossWidth = 256
