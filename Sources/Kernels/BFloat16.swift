/// Rounds float32 to bfloat16, to nearest, ties to even; what is not a number stays so.
///
/// - Parameter half: the upper halves of the rounded numbers' bits, out.
package func round(
  _ x: UnsafePointer<Float>, toBFloat16 half: UnsafeMutablePointer<UInt16>, count: Int
) {
  for i in 0..<count {
    let bits = x[i].bitPattern
    let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
    let isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
    half[i] = UInt16(truncatingIfNeeded: isNaN ? bits >> 16 | 0x40 : rounded)
  }
}
