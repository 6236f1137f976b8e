import Kernels

/// Passes over states of 50 rows of width 1000, which stay in a cache.
func elementKernels() -> [KernelCase] {
  let (rows, columns) = (50, 1000)
  let count = rows * columns
  let (x, y, z, row) = (Floats(count), Floats(count), Floats(count), Floats(columns))
  func kernel(
    _ name: String, touched: Int, arrays: Int, _ call: @escaping () -> Void
  ) -> KernelCase {
    KernelCase(name: name, touched: touched * count, footprint: arrays * count, call: call)
  }
  let activations: [Activation] = [.selu, .tanh, .logistic]
  return activations.map { activation in
    kernel("\(activation)", touched: 2, arrays: 1) {
      apply(activation, to: y.start, count: count)
    }
  }
    + activations.map { activation in
      kernel("\(activation).backward", touched: 4, arrays: 3) {
        addSlopeProduct(activation, value: x.start, y.start, to: z.start, count: count)
      }
    } + [
      kernel("multiply", touched: 3, arrays: 3) {
        multiply(x.start, y.start, into: z.start, count: count)
      },
      kernel("add.product", touched: 4, arrays: 3) {
        addProduct(x.start, y.start, to: z.start, count: count)
      },
      kernel("add.row", touched: 2, arrays: 1) {
        addRow(row.start, to: y.start, rows: rows, columns: columns)
      },
      kernel("index.of.largest", touched: 1, arrays: 1) {
        keep(indexOfLargest(x.start, count: count))
      },
      rounding(count),
    ]
}

/// Reads floats and writes half as many bytes.
private func rounding(_ count: Int) -> KernelCase {
  let (x, halves) = (Floats(count), Floats(count / 2))
  return KernelCase(
    name: "round.bfloat16", touched: count + count / 2, footprint: count + count / 2
  ) {
    halves.start.withMemoryRebound(to: UInt16.self, capacity: count) {
      round(x.start, toBFloat16: $0, count: count)
    }
  }
}

/// Passes over all parameters of the published size, which no cache holds.
func slabKernels() -> [KernelCase] {
  let count = publishedParameters
  let (p, g, m, v) = (Floats(count), Floats(count), Floats(count), Floats(count))
  // Adam's second moment is a mean of squares.
  for i in 0..<count { v.start[i] *= v.start[i] }
  func kernel(
    _ name: String, touched: Int, arrays: Int, _ call: @escaping () -> Void
  ) -> KernelCase {
    KernelCase(name: name, touched: touched * count, footprint: arrays * count, call: call)
  }
  return [
    kernel("adam", touched: 7, arrays: 4) {
      keep(
        adam(
          p.start, g.start, m.start, v.start, count: count, rate: 1e-3, clip: 1,
          betas: (0.9, 0.999), epsilon: 1e-8, corrections: (0.1, 0.001), decay: 0))
    },
    kernel("rmsprop", touched: 5, arrays: 3) {
      keep(
        rmsprop(
          p.start, g.start, v.start, count: count, rate: 1e-3, clip: 1, decay: 0.9, epsilon: 1e-8))
    },
    kernel("add", touched: 3, arrays: 2) { add(g.start, to: m.start, count: count) },
    kernel("add.times", touched: 3, arrays: 2) {
      add(g.start, times: 0.5, to: m.start, count: count)
    },
    kernel("scale", touched: 2, arrays: 1) { scale(m.start, by: 0.999, count: count) },
    kernel("dot", touched: 2, arrays: 2) { keep(dot(g.start, p.start, count: count)) },
    kernel("sum.of.squares", touched: 1, arrays: 1) { keep(sumOfSquares(g.start, count: count)) },
    kernel("has.non.finite", touched: 1, arrays: 1) { keep(hasNonFinite(g.start, count: count)) },
  ]
}

/// Numbers of CopyMTL-One at the published size, on WebNLG.
let publishedParameters = 14_400_000

/// Takes a result, so that the call that made it is not left out.
@inline(never)
@_optimize(none)
private func keep<Value>(_ value: Value) {}
