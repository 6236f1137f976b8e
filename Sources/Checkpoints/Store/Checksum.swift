import CLZMA

/// CRC-64/XZ: reflected, polynomial 0x42F0E1EBA9EA3693 of ECMA-182, all ones before and after.
///
/// Its 64 check bits detect every error within 64 neighbouring bits, and so every changed byte.
///
/// The corresponding C function is `lzma_crc64`.
package struct Checksum {
  /// The checksum of all bytes so far.
  private(set) var value: UInt64 = 0

  /// The checksum of some bytes.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var checksum = Checksum()
    checksum.update(bytes)
    return checksum.value
  }

  /// Adds the next bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    value = lzma_crc64(
      bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, value)
  }
}
