/// One step of an LSTM over `rows` rows (models.md 1.5, gate order i, f, g, o):
/// `c = f ⊙ c′ + i ⊙ g`, `h = o ⊙ tanh c`.
///
/// - Parameters:
///   - gates: `[rows, 4·width]`, in: the sums `W x + U h′ + b`; out: the gates.
///   - previous: `c′`, `[rows, width]`.
///   - cell: `c`, `[rows, width]`, out.
///   - squashed: `tanh c`, `[rows, width]`, out: the backward pass needs it.
///   - hidden: `h`, `[rows, width]`, out.
package func lstmForward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
  cell: UnsafeMutablePointer<Float>, squashed: UnsafeMutablePointer<Float>,
  hidden: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let i = gates + row * 4 * width
    let (f, g, o) = (i + width, i + 2 * width, i + 3 * width)
    apply(.logistic, to: i, count: 2 * width)
    apply(.tanh, to: g, count: width)
    apply(.logistic, to: o, count: width)
    let (c, tanhC, h) = (cell + row * width, squashed + row * width, hidden + row * width)
    multiply(i, g, into: c, count: width)
    addProduct(f, previous + row * width, to: c, count: width)
    tanhC.update(from: c, count: width)
    apply(.tanh, to: tanhC, count: width)
    multiply(o, tanhC, into: h, count: width)
  }
}

/// The backward of ``lstmForward(rows:width:gates:previous:cell:squashed:hidden:)``.
///
/// - Parameters:
///   - gates: the gates that the forward pass left, `[rows, 4·width]`.
///   - hiddenGradient: `dh`, `[rows, width]`.
///   - cellGradient: `[rows, width]`, in: `dc` from later steps; out: `dc′`.
///   - sumGradient: `[rows, 4·width]`, out: the gradient of `W x + U h′ + b`.
package func lstmBackward(
  rows: Int, width: Int, gates: UnsafePointer<Float>, previous: UnsafePointer<Float>,
  squashed: UnsafePointer<Float>, hiddenGradient: UnsafePointer<Float>,
  cellGradient: UnsafeMutablePointer<Float>, sumGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let i = gates + row * 4 * width
    let (f, g, o) = (i + width, i + 2 * width, i + 3 * width)
    let di = sumGradient + row * 4 * width
    let (df, dg, dO) = (di + width, di + 2 * width, di + 3 * width)
    let (tanhC, dh) = (squashed + row * width, hiddenGradient + row * width)
    let dc = cellGradient + row * width
    for k in 0..<width {
      dc[k] = dc[k].addingProduct(dh[k] * o[k], 1 - tanhC[k] * tanhC[k])
      dO[k] = dh[k] * tanhC[k] * (o[k] * (1 - o[k]))
    }
    for k in 0..<width { di[k] = dc[k] * g[k] * (i[k] * (1 - i[k])) }
    for k in 0..<width { dg[k] = dc[k] * i[k] * (1 - g[k] * g[k]) }
    let c = previous + row * width
    for k in 0..<width { df[k] = dc[k] * c[k] * (f[k] * (1 - f[k])) }
    for k in 0..<width { dc[k] *= f[k] }
  }
}
