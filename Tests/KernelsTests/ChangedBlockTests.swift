import Kernels
import Testing

@Suite("What has changed of numbers")
struct ChangedBlockTests {
  /// Packs what is not zero and unpacks it over numbers that are none of these.
  private func travel(_ x: [Float], rounded: Bool) -> (units: Int, arrived: [Float]) {
    var packed = [UInt16](
      repeating: 0xFFFF, count: packedCapacity(x.count, rounded: rounded) + 1)
    let units = packChanged(x, since: nil, rounded: rounded, into: &packed, count: x.count)
    #expect(packed[units...].allSatisfy { $0 == 0xFFFF })
    var arrived = [Float](repeating: .nan, count: x.count + 1)
    unpackChanged(
      packed, clearing: true, rounded: rounded, into: &arrived, count: x.count)
    #expect(arrived.removeLast().isNaN)
    return (units, arrived)
  }

  static let counts = [0, 1, 31, 32, 33, 511, 512, 513, 1000, 5000]

  @Test("numbers arrive with all their bits, whole blocks and others", arguments: counts)
  func bits(_ count: Int) {
    let x = (0..<count).map { i -> Float in
      guard i / 70 % 3 == 1 else { return 0 }
      return [1.5, -0.0, .infinity, .nan, .leastNonzeroMagnitude, -3.25, 0][i % 7]
    }
    let (units, arrived) = travel(x, rounded: false)
    #expect(arrived.map(\.bitPattern) == x.map(\.bitPattern))
    let words = (count + 511) / 512
    let full = stride(from: 0, to: count, by: 32).filter { start in
      x[start..<min(start + 32, count)].contains { $0.bitPattern != 0 }
    }
    #expect(units == words + full.reduce(0) { $0 + 2 * min(32, count - $1) })
  }

  @Test("a zero with a sign travels")
  func signedZero() {
    var x = [Float](repeating: 0, count: 100)
    x[64] = -0.0
    #expect(travel(x, rounded: false).units == 1 + 2 * 32)
    #expect(travel(x, rounded: false).arrived[64].sign == .minus)
  }

  @Test("rounded numbers arrive as bfloat16, in half the room", arguments: counts)
  func rounded(_ count: Int) {
    let x = (0..<count).map { $0 / 100 % 2 == 0 ? 0 : Float($0) / 3 }
    var halves = [UInt16](repeating: 0, count: count)
    round(x, toBFloat16: &halves, count: count)
    let (units, arrived) = travel(x, rounded: true)
    #expect(arrived == halves.map { Float(bitPattern: UInt32($0) << 16) })
    #expect(units <= (count + 511) / 512 + count)
  }

  @Test("what has no zeros takes what it may at most, zeros alone next to nothing")
  func extremes() {
    for rounded in [false, true] {
      let full = travel(.init(repeating: 1, count: 5000), rounded: rounded)
      #expect(full.units == packedCapacity(5000, rounded: rounded))
      #expect(travel(.init(repeating: 0, count: 5000), rounded: rounded).units == 10)
    }
  }

  @Test("blocks that changed in any bit arrive, the others stay", arguments: counts)
  func since(_ count: Int) {
    let before = (0..<count).map { Float($0 % 50) - 25 }
    var x = before
    for i in stride(from: 40, to: count, by: 333) { x[i] = x[i] == 0 ? -0.0 : x[i].nextUp }
    var packed = [UInt16](repeating: 0xFFFF, count: packedCapacity(count, rounded: false))
    let units = packChanged(x, since: before, rounded: false, into: &packed, count: count)
    let full = Set(x.indices.filter { x[$0].bitPattern != before[$0].bitPattern }.map { $0 / 32 })
    #expect(units == (count + 511) / 512 + full.reduce(0) { $0 + 2 * min(32, count - 32 * $1) })
    var arrived = before
    unpackChanged(packed, clearing: false, rounded: false, into: &arrived, count: count)
    #expect(arrived.map(\.bitPattern) == x.map(\.bitPattern))
  }
}
