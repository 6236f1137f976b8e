/// A message in the wire format of Protocol Buffers.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// The kinds of values on the wire.
  private enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  mutating func add(field: UInt64, _ value: UInt64) {
    begin(field, .varint)
    append(varint: value)
  }

  mutating func add(field: UInt64, _ value: Double) {
    begin(field, .fixed64)
    bytes += Self.littleEndian(value.bitPattern)
  }

  mutating func add(field: UInt64, _ value: Float) {
    begin(field, .fixed32)
    bytes += Self.littleEndian(value.bitPattern)
  }

  mutating func add(field: UInt64, _ text: String) { add(field: field, Array(text.utf8)) }

  mutating func add(field: UInt64, _ message: ProtobufMessage) { add(field: field, message.bytes) }

  private mutating func add(field: UInt64, _ content: [UInt8]) {
    begin(field, .lengthDelimited)
    append(varint: UInt64(content.count))
    bytes += content
  }

  private mutating func begin(_ field: UInt64, _ wire: Wire) {
    append(varint: field << 3 | wire.rawValue)
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// The bytes of a number, the least significant first.
  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
