// Elementwise passes over `count` floats, without checks of shapes, which are those of Tensors.

/// `y += x`.
package func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int) {
  for i in 0..<count { y[i] += x[i] }
}

/// `y = (y + a) + (b + c)`.
package func addPairs(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
  to y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = (y[i] + a[i]) + (b[i] + c[i]) }
}

/// `y += a·x`.
package func add(
  _ x: UnsafePointer<Float>, times a: Float, to y: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { y[i] = y[i].addingProduct(a, x[i]) }
}

/// `y += x ⊙ z`.
package func addProduct(
  _ x: UnsafePointer<Float>, _ z: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
  count: Int
) {
  for i in 0..<count { y[i] = y[i].addingProduct(x[i], z[i]) }
}

/// `y = x ⊙ z`.
package func multiply(
  _ x: UnsafePointer<Float>, _ z: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  for i in 0..<count { y[i] = x[i] * z[i] }
}

/// `x = a·x`.
package func scale(_ x: UnsafeMutablePointer<Float>, by a: Float, count: Int) {
  for i in 0..<count { x[i] *= a }
}

/// `y = x + z`.
package func add(
  _ x: UnsafePointer<Float>, _ z: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  for i in 0..<count { y[i] = x[i] + z[i] }
}

/// `Σ x`, in sixteen partial sums.
package func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
  var lanes = SIMD16<Float>(repeating: 0)
  let whole = count & ~15
  for i in stride(from: 0, to: whole, by: 16) {
    lanes += UnsafeRawPointer(x + i).loadUnaligned(as: SIMD16<Float>.self)
  }
  return (whole..<count).reduce(lanes.sum()) { $0 + x[$1] }
}

/// The largest of `count` values, −∞ of none; NaNs are passed over.
package func largest(_ x: UnsafePointer<Float>, count: Int) -> Float {
  var lanes = InlineArray<16, Float>(repeating: -.infinity)
  let whole = count & ~15
  for start in stride(from: 0, to: whole, by: 16) {
    for i in 0..<16 { lanes[i] = x[start + i] > lanes[i] ? x[start + i] : lanes[i] }
  }
  var largest = -Float.infinity
  for i in 0..<16 { largest = max(largest, lanes[i]) }
  return (whole..<count).reduce(largest) { x[$1] > $0 ? x[$1] : $0 }
}

/// `x · y`, in sixteen partial sums.
package func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int) -> Float {
  var lanes = SIMD16<Float>(repeating: 0)
  let whole = count & ~15
  var i = 0
  while i < whole {
    let a = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD16<Float>.self)
    let b = UnsafeRawPointer(y + i).loadUnaligned(as: SIMD16<Float>.self)
    lanes = lanes.addingProduct(a, b)
    i += 16
  }
  var sum = lanes.sum()
  while i < count {
    sum = sum.addingProduct(x[i], y[i])
    i += 1
  }
  return sum
}

/// `Σ x²`: blocks of 1,024 in float32, their sums in float64.
package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
  var sum = 0.0
  for start in stride(from: 0, to: count, by: 1024) {
    sum += Double(dot(x + start, x + start, count: min(1024, count - start)))
  }
  return sum
}

/// Whether `x` has an infinite or undefined element.
package func hasNonFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
  // An exponent of all ones; a maximum over integers vectorises where a branch would not.
  var largest: UInt32 = 0
  for i in 0..<count { largest = max(largest, x[i].bitPattern & exponentBits) }
  return largest == exponentBits
}

/// The bits of a float's exponent, all ones where it is infinite or undefined.
let exponentBits: UInt32 = 0x7F80_0000

/// The index of the largest of `count` values; the lowest on ties (Models/README.md pitfall 3).
package func indexOfLargest(_ x: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for i in 1..<max(count, 1) where x[i] > x[best] { best = i }
  return best
}

/// Adds the vector `bias` to each of `rows` rows of `y`, shape `[rows, columns]`.
package func addRow(
  _ bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
) {
  for r in 0..<rows { add(bias, to: y + r * columns, count: columns) }
}
