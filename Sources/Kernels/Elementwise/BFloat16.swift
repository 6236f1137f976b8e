/// The upper half of a number's bits, rounded to nearest, ties to even; NaN stays NaN.
@inline(__always)
private func upperHalf(_ x: Float) -> UInt16 {
  let bits = x.bitPattern
  let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
  let isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
  return UInt16(truncatingIfNeeded: isNaN ? bits >> 16 | 0x40 : rounded)
}

@inline(__always)
private func widened(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) << 16) }

/// Rounds float32 to bfloat16, to nearest, ties to even; NaN stays NaN.
///
/// - Parameter half: the upper halves of the rounded numbers' bits, out.
package func round(
  _ x: UnsafePointer<Float>, toBFloat16 half: UnsafeMutablePointer<UInt16>, count: Int
) {
  for i in 0..<count { half[i] = upperHalf(x[i]) }
}

/// Widens bfloat16 to float32, exactly.
///
/// - Parameter half: the upper halves of the numbers' bits.
package func widen(
  bfloat16 half: UnsafePointer<UInt16>, to x: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { x[i] = widened(half[i]) }
}

/// Adds bfloat16 to float32.
package func add(
  bfloat16 half: UnsafePointer<UInt16>, to x: UnsafeMutablePointer<Float>, count: Int
) {
  for i in 0..<count { x[i] += widened(half[i]) }
}

/// Rounds the change of numbers to bfloat16, and applies the rounded change.
///
/// - Parameters:
///   - x: the changed numbers, in and out.
///   - half: the change, out.
package func roundChange(
  of x: UnsafeMutablePointer<Float>, since before: UnsafePointer<Float>,
  toBFloat16 half: UnsafeMutablePointer<UInt16>, count: Int
) {
  for i in 0..<count {
    half[i] = upperHalf(x[i] - before[i])
    x[i] = before[i] + widened(half[i])
  }
}
