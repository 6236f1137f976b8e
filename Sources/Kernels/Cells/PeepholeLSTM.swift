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
    let (gates, at) = (gates + row * 4 * width, row * width)
    addProduct(peepholes, previous + at, to: gates, count: width)
    addProduct(peepholes + width, previous + at, to: gates + width, count: width)
    peepholeCellForward(
      rows: 1, width: width, gates: gates, previous: previous + at, cell: cell + at)
    addProduct(peepholes + 2 * width, cell + at, to: gates + 3 * width, count: width)
    peepholeOutputForward(
      rows: 1, width: width, gates: gates, cell: cell + at, squashed: squashed + at,
      hidden: hidden + at)
  }
}

/// The first part of a step with peepholes of any form, whose terms the sums of i and f hold:
/// `c = σ(a_f) ⊙ c′ + σ(a_i) ⊙ tanh a_g`.
///
/// - Parameter gates: `[rows, 4·width]`, in: the sums; out: the gates i, f, g, and the sum of o.
package func peepholeCellForward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
  cell: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let (i, c) = (gates + row * 4 * width, cell + row * width)
    apply(.logistic, to: i, count: 2 * width)
    apply(.tanh, to: i + 2 * width, count: width)
    multiply(i, i + 2 * width, into: c, count: width)
    addProduct(i + width, previous + row * width, to: c, count: width)
  }
}

/// The second part of the step, once the sum of o holds the term of the new cell: `h = σ(a_o) ⊙ tanh c`.
///
/// - Parameter gates: `[rows, 4·width]`, in: the sum of o, which becomes the gate.
package func peepholeOutputForward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, cell: UnsafePointer<Float>,
  squashed: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let (o, at) = (gates + (4 * row + 3) * width, row * width)
    apply(.logistic, to: o, count: width)
    squash(cell + at, output: o, squashed: squashed + at, hidden: hidden + at, count: width)
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

/// The backward of ``peepholeOutputForward(rows:width:gates:cell:squashed:hidden:)``, in place: the gate o becomes
/// the gradient of its sum, `dc += dh ⊙ o ⊙ (1 − tanh² c)`.
package func peepholeOutputBackward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, squashed: UnsafePointer<Float>,
  hiddenGradient: UnsafePointer<Float>, cellGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let at = row * width
    lstmOutputBackward(
      width: width, output: gates + (4 * row + 3) * width, squashed: squashed + at,
      hiddenGradient: hiddenGradient + at, cellGradient: cellGradient + at)
  }
}

/// The backward of ``peepholeCellForward(rows:width:gates:previous:cell:)``, in place: the gates i, f and g become
/// the gradients of their sums, `dc` becomes `dc ⊙ f`.
package func peepholeCellBackward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
  cellGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    lstmCellBackward(
      width: width, gates: gates + 4 * row * width, stride: width, previous: previous + row * width,
      cellGradient: cellGradient + row * width)
  }
}
