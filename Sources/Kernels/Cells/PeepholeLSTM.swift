/// One step of an LSTM whose gates see the cell through diagonal weights (Gers and Schmidhuber 2000;
/// Models/README.md 1.5): `i = σ(a_i + p_i ⊙ c′)`, `f = σ(a_f + p_f ⊙ c′)`,
/// `c = f ⊙ c′ + i ⊙ tanh a_g`, `o = σ(a_o + p_o ⊙ c)`, `h = o ⊙ tanh c`.
///
/// - Parameters:
///   - gates: `[rows, 4·width]`, in: the sums `a = W x + U h′ + b` in the order i, f, g, o; out: the
///     gates.
///   - peepholes: `p`, `[3, width]`, in the order i, f, o.
///   - previous: `c′`, `[rows, width]`.
///   - cell: `c`, `[rows, width]`, out.
///   - squashed: `tanh c`, `[rows, width]`, out.
///   - hidden: `h`, `[rows, width]`, out.
package func peepholeForward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, peepholes: UnsafePointer<Float>,
  previous: UnsafePointer<Float>, cell: UnsafeMutablePointer<Float>,
  squashed: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let i = gates + row * 4 * width
    let (f, g, o) = (i + width, i + 2 * width, i + 3 * width)
    let before = previous + row * width
    addProduct(peepholes, before, to: i, count: width)
    addProduct(peepholes + width, before, to: f, count: width)
    apply(.logistic, to: i, count: 2 * width)
    apply(.tanh, to: g, count: width)
    let (c, tanhC, h) = (cell + row * width, squashed + row * width, hidden + row * width)
    multiply(i, g, into: c, count: width)
    addProduct(f, before, to: c, count: width)
    addProduct(peepholes + 2 * width, c, to: o, count: width)
    apply(.logistic, to: o, count: width)
    squash(c, output: o, squashed: tanhC, hidden: h, count: width)
  }
}

/// The backward of ``peepholeForward(rows:width:gates:peepholes:previous:cell:squashed:hidden:)`` for one
/// row, in place.
///
/// - Parameters:
///   - gates: `[4·width]`, in: the gates; out: `da`.
///   - cellGradient: `[width]`, in: `dc` from later steps; out: `dc′`.
///   - peepholeGradient: `[3, width]`, added to.
package func peepholeBackward(
  width: Int, gates: UnsafeMutablePointer<Float>, peepholes: UnsafePointer<Float>,
  previous: UnsafePointer<Float>, cell: UnsafePointer<Float>, squashed: UnsafePointer<Float>,
  hiddenGradient: UnsafePointer<Float>, cellGradient dc: UnsafeMutablePointer<Float>,
  peepholeGradient: UnsafeMutablePointer<Float>
) {
  let output = gates + 3 * width
  lstmOutputBackward(
    width: width, output: output, squashed: squashed, hiddenGradient: hiddenGradient,
    cellGradient: dc)
  addProduct(peepholes + 2 * width, output, to: dc, count: width)
  addProduct(output, cell, to: peepholeGradient + 2 * width, count: width)
  lstmCellBackward(width: width, gates: gates, stride: width, previous: previous, cellGradient: dc)
  for block in 0..<2 {
    let sum = gates + block * width
    addProduct(peepholes + block * width, sum, to: dc, count: width)
    addProduct(sum, previous, to: peepholeGradient + block * width, count: width)
  }
}
