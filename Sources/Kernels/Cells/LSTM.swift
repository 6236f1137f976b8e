import CVectors

/// One step of an LSTM over `rows` rows (Models/README.md 1.5, gate order i, f, g, o):
/// `c = f ⊙ c′ + i ⊙ g`, `h = o ⊙ tanh c`.
///
/// - Parameters:
///   - gates: `[rows, 4·width]`, in: the sums `W x + U h′ + b`; out: the gates.
///   - previous: `c′`, `[rows, width]`.
///   - cell: `c`, `[rows, width]`, out.
///   - squashed: `tanh c`, `[rows, width]`, out, for the backward pass.
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
    let before = previous + row * width
    for k in 0..<width { c[k] = (f[k] * before[k]).addingProduct(i[k], g[k]) }
    squash(c, output: o, squashed: tanhC, hidden: h, count: width)
  }
}

/// The backward of ``lstmForward(rows:width:gates:previous:cell:squashed:hidden:)``, in place.
///
/// - Parameters:
///   - gates: `[rows, 4·width]`, in: the gates that the forward pass left; out: the gradient of
///     `W x + U h′ + b`.
///   - hiddenGradient: `dh`, `[rows, width]`.
///   - cellGradient: `[rows, width]`, in: `dc` from later steps; out: `dc′`.
package func lstmBackward(
  rows: Int, width: Int, gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
  squashed: UnsafePointer<Float>, hiddenGradient: UnsafePointer<Float>,
  cellGradient: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    for first in stride(from: 0, to: width, by: cellsAhead) {
      let count = min(cellsAhead, width - first)
      let (gates, at) = (gates + row * 4 * width + first, row * width + first)
      let isLast = first + count == width
      for cell in stride(from: count, to: count + cellsAhead, by: 16) {
        let next = gates + cell + (isLast ? 3 * width : 0)
        for gate in 0..<4 { tercet_prefetch(next + gate * width) }
        tercet_prefetch(previous + at + cell)
        tercet_prefetch(squashed + at + cell)
        tercet_prefetch(hiddenGradient + at + cell)
        tercet_prefetch(cellGradient + at + cell)
      }
      lstmOutputBackward(
        width: count, output: gates + 3 * width, squashed: squashed + at,
        hiddenGradient: hiddenGradient + at, cellGradient: cellGradient + at)
      lstmCellBackward(
        width: count, gates: gates, stride: width, previous: previous + at,
        cellGradient: cellGradient + at)
    }
  }
}

/// Cells of a row that are computed while as many after them are prefetched. The CPU's own prefetcher starts anew
/// for each gate of each row, and is late with most of them.
private let cellsAhead = 256

/// The backward of `h = o ⊙ tanh c` and of o's function: `dc += dh ⊙ o ⊙ (1 − tanh² c)`, and `o` becomes
/// the gradient of its sum.
@inline(__always)
func lstmOutputBackward(
  width: Int, output o: UnsafeMutablePointer<Float>, squashed: UnsafePointer<Float>,
  hiddenGradient dh: UnsafePointer<Float>, cellGradient dc: UnsafeMutablePointer<Float>
) {
  for k in 0..<width {
    dc[k] = dc[k].addingProduct(dh[k] * o[k], 1 - squashed[k] * squashed[k])
    o[k] = dh[k] * squashed[k] * (o[k] * (1 - o[k]))
  }
}

/// The backward of `c = f ⊙ c′ + i ⊙ g` and of the functions of i, f and g: i, f and g become the gradients of
/// their sums, `dc` becomes `dc ⊙ f`.
///
/// - Parameter stride: floats from gate to gate.
@inline(__always)
func lstmCellBackward(
  width: Int, gates i: UnsafeMutablePointer<Float>, stride: Int, previous: UnsafePointer<Float>,
  cellGradient dc: UnsafeMutablePointer<Float>
) {
  let (f, g) = (i + stride, i + 2 * stride)
  for k in 0..<width {
    let (input, candidate) = (i[k], g[k])
    i[k] = dc[k] * candidate * (input * (1 - input))
    g[k] = dc[k] * input * (1 - candidate * candidate)
  }
  for k in 0..<width {
    let forget = f[k]
    f[k] = dc[k] * previous[k] * (forget * (1 - forget))
    dc[k] *= forget
  }
}
