import Glibc

/// One stream of random numbers, keyed by seed, purpose, epoch and example, and indexed by a counter.
///
/// A number depends on its key and index alone, not on the numbers drawn before: every distribution of the work over
/// ranks and threads draws the same.
///
/// Philox4x32-10 (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC 2011).
public struct CounterRandom: Sendable {
  private let key: (UInt32, UInt32)
  private let epoch: UInt32
  private let example: UInt32

  /// The stream of a key.
  ///
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - purpose: a name for the use of the numbers; streams of different purposes are unrelated.
  ///   - epoch: the pass over the data, or 0 where there is none.
  ///   - example: the sentence's index in its split, or 0 where there is none.
  public init(seed: UInt64, purpose: String, epoch: Int = 0, example: Int = 0) {
    let mixed = Self.mix(seed ^ Self.hash(purpose))
    key = (UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    self.epoch = UInt32(truncatingIfNeeded: epoch)
    self.example = UInt32(truncatingIfNeeded: example)
  }

  /// The `index`-th number of this stream, uniform over all 32-bit values.
  public func bits(_ index: Int) -> UInt32 {
    let lanes = lanes(ofBlock: UInt64(index) >> 2)
    switch index & 3 {
    case 0: return lanes.0
    case 1: return lanes.1
    case 2: return lanes.2
    default: return lanes.3
    }
  }

  /// Four numbers of this stream, from the `4 · block`-th on.
  package func lanes(ofBlock block: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
    Self.philox(
      (
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), epoch, example
      ), key)
  }

  /// The `index`-th number of this stream, uniform in `0..<1`, a multiple of 2⁻²⁴.
  public func uniform(_ index: Int) -> Float { Float(bits(index) >> 8) * 0x1p-24 }

  /// Writes `count` numbers from the `first`-th on, each that of ``uniform(_:)``, 32 at a time.
  public func writeUniforms(
    from first: Int, count: Int, to numbers: UnsafeMutablePointer<Float>
  ) {
    let blocks = first >> 2..<(first + count + 3) >> 2
    for start in stride(from: blocks.lowerBound, to: blocks.upperBound, by: Self.group) {
      let shares = shares(ofBlocksFrom: UInt64(start))
      let index = 4 * start - first
      if 0 <= index && index + 32 <= count {
        UnsafeMutableRawPointer(numbers + index).storeBytes(of: shares, as: SIMD32<Float>.self)
      } else {
        for place in max(0, -index)..<min(32, count - index) {
          numbers[index + place] = shares[place]
        }
      }
    }
  }

  /// Blocks that are computed together.
  private static let group = 8

  /// The numbers of eight blocks, uniform in `0..<1`, in their order.
  private func shares(ofBlocksFrom first: UInt64) -> SIMD32<Float> {
    let lanes = lanes(ofBlocksFrom: first)
    func share(_ lane: Int) -> SIMD8<Float> { SIMD8<Float>(lanes[lane] &>> 8) * 0x1p-24 }
    var (even, odd, all) = (SIMD16<Float>(), SIMD16<Float>(), SIMD32<Float>())
    (even.evenHalf, even.oddHalf) = (share(0), share(2))
    (odd.evenHalf, odd.oddHalf) = (share(1), share(3))
    (all.evenHalf, all.oddHalf) = (even, odd)
    return all
  }

  /// The four numbers of each of eight blocks, by their place in the block.
  private func lanes(ofBlocksFrom first: UInt64) -> InlineArray<4, SIMD8<UInt32>> {
    let blocks = SIMD8<UInt64>(repeating: first) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
    var c0 = SIMD8<UInt32>(truncatingIfNeeded: blocks)
    var c1 = SIMD8<UInt32>(truncatingIfNeeded: blocks &>> 32)
    var (c2, c3) = (SIMD8<UInt32>(repeating: epoch), SIMD8<UInt32>(repeating: example))
    var k = key
    for _ in 0..<10 {
      let a = SIMD8<UInt64>(truncatingIfNeeded: c0) &* 0xD251_1F53
      let b = SIMD8<UInt64>(truncatingIfNeeded: c2) &* 0xCD9E_8D57
      c0 = SIMD8(truncatingIfNeeded: b &>> 32) ^ c1 ^ k.0
      c2 = SIMD8(truncatingIfNeeded: a &>> 32) ^ c3 ^ k.1
      c1 = SIMD8(truncatingIfNeeded: b)
      c3 = SIMD8(truncatingIfNeeded: a)
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return [c0, c1, c2, c3]
  }

  /// The `index`-th number of this stream, normal with mean 0 and deviation 1 (Box and Muller, 1958).
  public func normal(_ index: Int) -> Float {
    // `turn` is in 0..<1; `share` is above 0, so it has a logarithm.
    let turn = Double(bits(2 * index)) * 0x1p-32
    let share = (Double(bits(2 * index + 1)) + 1) * 0x1p-32
    return Float((-2 * log(share)).squareRoot() * cos(2 * .pi * turn))
  }

  /// The `index`-th number of this stream, uniform in `0..<bound`.
  ///
  /// - Precondition: `0 < bound`.
  public func integer(_ index: Int, below bound: Int) -> Int {
    precondition(bound > 0, "integer below \(bound)")
    let wide = UInt64(bits(2 * index)) << 32 | UInt64(bits(2 * index + 1))
    return Int(wide.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A permutation of `0..<count`, all equally likely (Fisher and Yates).
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(i, integer(i, below: i + 1))
    }
    return order
  }

  /// Philox4x32-10: the four numbers of a counter and a key.
  package static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), _ key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) * UInt64(c.0)
      let b = UInt64(0xCD9E_8D57) * UInt64(c.2)
      c = (
        UInt32(b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
        UInt32(a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }

  /// FNV-1a, so that a purpose's stream does not change from build to build.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// The finaliser of SplitMix64.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
