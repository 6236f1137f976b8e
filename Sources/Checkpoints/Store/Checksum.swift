/// CRC-64/XZ: reflected, polynomial 0x42F0E1EBA9EA3693 of ECMA-182, all ones before and after.
///
/// Its 64 check bits detect every error within 64 neighbouring bits, and so every changed byte.
package struct Checksum {
  private var state = UInt64.max

  /// The checksum of all bytes so far.
  var value: UInt64 { ~state }

  /// The checksum of some bytes.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var checksum = Checksum()
    checksum.update(bytes)
    return checksum.value
  }

  /// Adds the next bytes, eight at a time.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    state = Self.tables.withUnsafeBufferPointer { tables in
      guard let table = tables.baseAddress else { return state }
      var crc = state
      let whole = bytes.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let x = crc ^ UInt64(littleEndian: word)
        let low =
          table[1792 &+ Int(x & 255)] ^ table[1536 &+ Int(x >> 8 & 255)]
          ^ table[1280 &+ Int(x >> 16 & 255)] ^ table[1024 &+ Int(x >> 24 & 255)]
        let high =
          table[768 &+ Int(x >> 32 & 255)] ^ table[512 &+ Int(x >> 40 & 255)]
          ^ table[256 &+ Int(x >> 48 & 255)] ^ table[Int(x >> 56)]
        crc = low ^ high
      }
      for offset in whole..<bytes.count {
        crc = table[Int((crc ^ UInt64(bytes[offset])) & 255)] ^ crc >> 8
      }
      return crc
    }
  }

  /// Eight tables of 256: `tables[256 k + b]` carries byte `b` past `k` further bytes of zero.
  private static let tables: [UInt64] = {
    var tables = [UInt64](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt64(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xC96C_5795_D787_0F42 }
      tables[byte] = crc
    }
    for i in 256..<tables.count {
      let crc = tables[i - 256]
      tables[i] = crc >> 8 ^ tables[Int(crc & 255)]
    }
    return tables
  }()
}
