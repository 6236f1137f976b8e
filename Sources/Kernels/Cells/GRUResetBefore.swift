/// The gates of a GRU that resets *before* the recurrent product (Cho et al. 2014;
/// Models/README.md 1.5): r and z are squashed, and `r ⊙ h′` is what the candidate's recurrent
/// product reads.
///
/// - Parameters:
///   - sums: `[rows, 3·width]`, in: `W x + U h′ + b` for r and z, `W x + b` for n; out: r, z, and
///     n's part untouched.
///   - previous: `h′`, `[rows, width]`.
///   - reset: `r ⊙ h′`, `[rows, width]`, out.
package func gruResetBeforeGates(
  rows: Int, width: Int, sums: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
  reset: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let r = sums + row * 3 * width
    apply(.logistic, to: r, count: 2 * width)
    multiply(r, previous + row * width, into: reset + row * width, count: width)
  }
}

/// Ends the step: `n = tanh(sum)`, `h = (1 − z) ⊙ n + z ⊙ h′`, the sum being n's part of `sums`.
package func gruResetBeforeMix(
  rows: Int, width: Int, sums: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
  hidden: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let r = sums + row * 3 * width
    let (z, n) = (r + width, r + 2 * width)
    apply(.tanh, to: n, count: width)
    gruMix(
      width: width, update: z, candidate: n, previous: previous + row * width,
      hidden: hidden + row * width)
  }
}

/// The backward of ``gruResetBeforeMix(rows:width:sums:previous:hidden:)``: z's and n's parts of
/// `sumGradient`; `hiddenGradient` becomes `dh ⊙ z`.
package func gruResetBeforeMixBackward(
  rows: Int, width: Int, gates: UnsafePointer<Float>, previous: UnsafePointer<Float>,
  hiddenGradient: UnsafeMutablePointer<Float>, sumGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let r = gates + row * 3 * width
    let dr = sumGradient + row * 3 * width
    gruMixBackward(
      width: width, update: r + width, candidate: r + 2 * width,
      previous: previous + row * width, hiddenGradient: hiddenGradient + row * width,
      updateSum: dr + width, candidateSum: dr + 2 * width)
  }
}

/// The backward of ``gruResetBeforeGates(rows:width:sums:previous:reset:)``: r's part of `sumGradient` from
/// `resetGradient = d(r ⊙ h′)`, and `dh′ += d(r ⊙ h′) ⊙ r`.
package func gruResetBeforeGatesBackward(
  rows: Int, width: Int, gates: UnsafePointer<Float>, previous: UnsafePointer<Float>,
  resetGradient: UnsafePointer<Float>, sumGradient: UnsafeMutablePointer<Float>,
  previousGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let r = gates + row * 3 * width
    let dr = sumGradient + row * 3 * width
    let (d, h) = (resetGradient + row * width, previous + row * width)
    for k in 0..<width { dr[k] = d[k] * h[k] * (r[k] * (1 - r[k])) }
    addProduct(d, r, to: previousGradient + row * width, count: width)
  }
}
