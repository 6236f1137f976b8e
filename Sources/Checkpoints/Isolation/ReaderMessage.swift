/// The contents of a checkpoint, or the reason why it is refused, as one process hands them to another.
///
/// Numbers are little-endian and stand one after the other, without gaps or offsets. A text is its length in
/// bytes (32 bits) and UTF-8. `written` is stored last, so that what breaks off is no transcript.
///
/// | part | holds |
/// | --- | --- |
/// | head | magic (64 bits), `written`: the length of all (64), `outcome` (8) |
/// | refusal | a text or two |
/// | group | count of attributes (32), attributes, count of members (32), members |
/// | attribute | name (text), kind (8), value: a text, 64 bits or 8 |
/// | member | name (text), kind (8), a group or an array |
/// | array | of strings: their bytes (64); rank (8), extents (64 each); the elements, where they are wanted |
enum ReaderMessage {
  static let magic = UInt64(littleEndian: 0x3150_4B54_4352_4554)
  /// The bytes before the outcome.
  static let headBytes = 16
  /// What a transcript may take beside the bytes of the checkpoint, so that there is room for any refusal.
  static let spare = 8192
  /// Groups inside groups.
  static let deepest = 8
  /// Axes of an array, as HDF5 has it.
  static let mostAxes = 32

  enum Outcome: UInt8 {
    case contents, unfit, hdf5, other
  }

  enum MemberKind: UInt8 {
    case group, float32, float64, integer, truth, strings, fixedStrings, other

    init(_ kind: ElementKind) {
      switch kind {
      case .float32: self = .float32
      case .float64: self = .float64
      case .integer: self = .integer
      case .truth: self = .truth
      case .strings: self = .strings
      case .fixedStrings: self = .fixedStrings
      case .other: self = .other
      }
    }
  }

  enum AttributeKind: UInt8 {
    case string, integer, real, truth
  }

  /// A text as part of a line for people: no control characters, and not long.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    line.append(contentsOf: text.unicodeScalars.prefix(500).map { isPlain($0) ? $0 : "\u{FFFD}" })
    return String(line)
  }

  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
