import Kernels
import Testing

/// bfloat16 from its definition: the nearer of the two neighbours whose lower sixteen bits are zero, the
/// even one on a tie, compared in float64, where both distances are exact.
func nearestBFloat16(_ x: Float) -> UInt16 {
  guard x.isFinite else { return UInt16(x.bitPattern >> 16) }
  let below = UInt16(x.bitPattern >> 16)
  let above = below + 1
  /// Magnitudes; what follows the largest finite number counts as 2¹²⁸ (IEEE 754, 4.3.1).
  func magnitude(_ half: UInt16) -> Double {
    let bits = UInt32(half & 0x7FFF) << 16
    return bits == 0x7F80_0000 ? 0x1p128 : Double(Float(bitPattern: bits))
  }
  let size = Double(x.magnitude)
  let (down, up) = (size - magnitude(below), magnitude(above) - size)
  if down == up { return below & 1 == 0 ? below : above }
  return down < up ? below : above
}

/// The same as a number of float32.
func roundedToBFloat16(_ x: Float) -> Float {
  Float(bitPattern: UInt32(nearestBFloat16(x)) << 16)
}

@Suite("Rounding to bfloat16")
struct RoundingTests {
  private func rounded(_ x: [Float]) -> [UInt16] {
    var half = [UInt16](repeating: 0xABCD, count: x.count)
    half.withUnsafeMutableBufferPointer { half in
      x.withUnsafeBufferPointer { x in
        guard let from = x.baseAddress, let to = half.baseAddress else { return }
        round(from, toBFloat16: to, count: x.count)
      }
    }
    return half
  }

  private func expectDefinition(_ patterns: [UInt32]) {
    let x = patterns.map { Float(bitPattern: $0) }
    let wrong = zip(x, rounded(x)).first { $0.isNaN ? !isNaN($1) : $1 != nearestBFloat16($0) }
    #expect(
      wrong == nil,
      "\(wrong.map { "\(String($0.bitPattern, radix: 16)) to \(String($1, radix: 16))" } ?? "")")
  }

  private func isNaN(_ half: UInt16) -> Bool { half & 0x7FFF > 0x7F80 }

  @Test("values known by hand")
  func known() {
    let cases: [(Float, UInt16)] = [
      (0, 0), (-0.0, 0x8000), (1, 0x3F80), (-2, 0xC000),
      (1 + 0x1p-8, 0x3F80), (1 + 0x3p-8, 0x3F82),  // ties, to even: down, then up
      (1 + 0x1p-8 + 0x1p-23, 0x3F81), (1 + 0x1p-8 - 0x1p-23, 0x3F80),
      (.infinity, 0x7F80), (-.infinity, 0xFF80),
      (.greatestFiniteMagnitude, 0x7F80), (0x1.FEp127, 0x7F7F),
      (.leastNonzeroMagnitude, 0), (0x1p-133, 1), (0x1p-134, 0), (0x3p-134, 2),
    ]
    #expect(rounded(cases.map(\.0)) == cases.map(\.1))
  }

  @Test("around every number of bfloat16 and every tie, either sign")
  func neighbourhoods() {
    for sign in [0, 0x8000_0000] as [UInt32] {
      expectDefinition(
        (0..<0x8000).flatMap { half -> [UInt32] in
          let first = sign | UInt32(half) << 16
          return [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF].map { first | $0 }
        })
    }
  }

  /// The step is odd, so that lower halves of all kinds occur.
  @Test("two million patterns across the range")
  func stepping() { expectDefinition((0..<2_000_000).map { UInt32($0) &* 2147 &+ 5 }) }

  @Test("every count, and nothing behind it", arguments: 0...70)
  func counts(count: Int) {
    let x = (0..<70).map { Float($0) / 7 - 3 }
    var half = [UInt16](repeating: 0xABCD, count: 71)
    half.withUnsafeMutableBufferPointer {
      if let start = $0.baseAddress { round(x, toBFloat16: start, count: count) }
    }
    #expect(Array(half[..<count]) == x[..<count].map(nearestBFloat16))
    #expect(half[count...].allSatisfy { $0 == 0xABCD })
  }

  /// Of lengths that leave a rest behind any register.
  private static let lengths = [0, 1, 7, 70]

  @Test("what is widened, and added, is each number of bfloat16", arguments: lengths)
  func widening(count: Int) {
    let half = (0..<70).map { nearestBFloat16(Float($0) * 0.37 - 9) }
    let exact = half.map { Float(bitPattern: UInt32($0) << 16) }
    var (wide, sum) = ([Float](repeating: 0.5, count: 70), [Float](repeating: 0.5, count: 70))
    widen(bfloat16: half, to: &wide, count: count)
    add(bfloat16: half, to: &sum, count: count)
    let untouched = [Float](repeating: 0.5, count: 70 - count)
    #expect(wide == exact[..<count] + untouched)
    #expect(sum == exact[..<count].map { 0.5 + $0 } + untouched)
  }

  @Test("a change is rounded, and holds as it is rounded", arguments: lengths)
  func changes(count: Int) {
    let before = (0..<70).map { Float($0) / 7 - 3 }
    let after = (0..<70).map { before[$0] + Float($0 % 11 - 5) / 9 }
    var (x, half) = (after, [UInt16](repeating: 0xABCD, count: 70))
    roundChange(of: &x, since: before, toBFloat16: &half, count: count)
    let change = (0..<count).map { after[$0] - before[$0] }
    #expect(half[..<count] == change.map(nearestBFloat16)[...])
    #expect(x == (0..<count).map { before[$0] + roundedToBFloat16(change[$0]) } + after[count...])
    #expect(half[count...].allSatisfy { $0 == 0xABCD })
  }
}
