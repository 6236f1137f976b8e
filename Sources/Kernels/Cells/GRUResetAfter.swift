/// The mix of a GRU's old state and its candidate, `h = (1 − z) ⊙ n + z ⊙ h′`
/// (Models/README.md 1.5).
///
/// - Parameters:
///   - update: `z`, `[width]`.
///   - candidate: `n`, `[width]`.
///   - previous: `h′`, `[width]`.
///   - hidden: `h`, `[width]`, out.
func gruMix(
  width: Int, update z: UnsafePointer<Float>, candidate n: UnsafePointer<Float>,
  previous: UnsafePointer<Float>, hidden h: UnsafeMutablePointer<Float>
) {
  for k in 0..<width { h[k] = n[k].addingProduct(z[k], previous[k] - n[k]) }
}

/// One step of a GRU that resets *after* the recurrent product, over `rows` rows (gate order r, z, n):
/// `n = tanh(a_n + r ⊙ u_n)` with `a = W x + b` and `u = U h′ + c`.
///
/// - Parameters:
///   - input: `[rows, 3·width]`, in: `a`; out: the gates r, z, n.
///   - recurrent: `u`, `[rows, 3·width]`.
package func gruResetAfterForward(
  rows: Int, width: Int, input: UnsafeMutablePointer<Float>, recurrent: UnsafePointer<Float>,
  previous: UnsafePointer<Float>, hidden: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let r = input + row * 3 * width
    let (z, n) = (r + width, r + 2 * width)
    let u = recurrent + row * 3 * width
    add(u, to: r, count: 2 * width)
    apply(.logistic, to: r, count: 2 * width)
    addProduct(r, u + 2 * width, to: n, count: width)
    apply(.tanh, to: n, count: width)
    gruMix(
      width: width, update: z, candidate: n, previous: previous + row * width,
      hidden: hidden + row * width)
  }
}

/// The backward of ``gruResetAfterForward(rows:width:input:recurrent:previous:hidden:)``.
///
/// - Parameters:
///   - gates: r, z, n as the forward pass left them.
///   - hiddenGradient: `[rows, width]`, in: `dh`; out: `dh ⊙ z`, the part of `dh′` outside the recurrent
///     product.
///   - inputGradient: `da`, `[rows, 3·width]`, out.
///   - recurrentGradient: `du`, `[rows, 3·width]`, out.
package func gruResetAfterBackward(
  rows: Int, width: Int, gates: UnsafePointer<Float>, recurrent: UnsafePointer<Float>,
  previous: UnsafePointer<Float>, hiddenGradient: UnsafeMutablePointer<Float>,
  inputGradient: UnsafeMutablePointer<Float>, recurrentGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let r = gates + row * 3 * width
    let (z, n) = (r + width, r + 2 * width)
    let un = recurrent + row * 3 * width + 2 * width
    let da = inputGradient + row * 3 * width
    let (dz, dn) = (da + width, da + 2 * width)
    let du = recurrentGradient + row * 3 * width
    let dh = hiddenGradient + row * width
    gruMixBackward(
      width: width, update: z, candidate: n, previous: previous + row * width,
      hiddenGradient: dh, updateSum: dz, candidateSum: dn)
    for k in 0..<width { da[k] = dn[k] * un[k] * (r[k] * (1 - r[k])) }
    du.update(from: da, count: 2 * width)
    multiply(dn, r, into: du + 2 * width, count: width)
  }
}

/// The backward of ``gruMix(width:update:candidate:previous:hidden:)``, of z's σ and of n's tanh: the gradients of
/// their sums. `dh` becomes `dh ⊙ z`.
func gruMixBackward(
  width: Int, update z: UnsafePointer<Float>, candidate n: UnsafePointer<Float>,
  previous: UnsafePointer<Float>, hiddenGradient dh: UnsafeMutablePointer<Float>,
  updateSum dz: UnsafeMutablePointer<Float>, candidateSum dn: UnsafeMutablePointer<Float>
) {
  for k in 0..<width { dn[k] = dh[k] * (1 - z[k]) * (1 - n[k] * n[k]) }
  for k in 0..<width { dz[k] = dh[k] * (previous[k] - n[k]) * (z[k] * (1 - z[k])) }
  for k in 0..<width { dh[k] *= z[k] }
}
