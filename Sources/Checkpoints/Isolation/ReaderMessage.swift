/// The format in which the reader's process hands over a checkpoint's contents, or the reason of its refusal.
///
/// Numbers are little-endian, without gaps or offsets. A text is its length in bytes (32 bits) and UTF-8. `written`
/// is stored last, so that an unfinished message is none. ``ReaderMessageEncoder`` writes it,
/// ``ReaderMessageDecoder`` checks it.
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
  /// The first eight bytes, `TERCTKP1`.
  static let magic = UInt64(littleEndian: 0x3150_4B54_4352_4554)
  /// The bytes before the outcome.
  static let headBytes = 16
  /// The bytes that a message may have beyond those of the checkpoint: enough for any refusal.
  static let spare = 8192
  /// The largest number of groups inside one another.
  static let deepest = 8
  /// The largest number of axes of an array, that of HDF5.
  static let mostAxes = 32

  /// Contents, or the kind of a refusal: ``CheckpointError/Reason`` as far as reading can meet it.
  enum Outcome: UInt8 {
    case contents, unfit, hdf5, other
  }

  /// A group, or the kind of an array's elements.
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

  /// The kind of an attribute's value.
  enum AttributeKind: UInt8 {
    case string, integer, real, truth
  }

  /// A text for a line of output: its first 500 characters, control characters replaced.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    line.append(contentsOf: text.unicodeScalars.prefix(500).map { isPlain($0) ? $0 : "\u{FFFD}" })
    return String(line)
  }

  /// Whether a character can stand in a line of output; control characters could steer a terminal.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}

/// Writes a message into memory of a fixed size.
struct ReaderMessageEncoder: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private var end = ReaderMessage.headBytes

  /// The memory is full.
  struct Full: Error {}

  /// An empty message.
  ///
  /// - Parameter memory: zeros.
  init(_ memory: UnsafeMutableRawBufferPointer) {
    self.memory = memory
  }

  /// The memory of the next bytes, for the caller to fill.
  mutating func next(_ count: Int) throws(Full) -> UnsafeMutableRawBufferPointer {
    guard count <= memory.count - end else { throw Full() }
    defer { end += count }
    return UnsafeMutableRawBufferPointer(rebasing: memory[end..<end + count])
  }

  mutating func put<Number: FixedWidthInteger>(_ number: Number) throws(Full) {
    let place = try next(MemoryLayout<Number>.size)
    place.storeBytes(of: number.littleEndian, as: Number.self)
  }

  mutating func put(_ text: String) throws(Full) {
    let bytes = Array(text.utf8)
    guard let count = UInt32(exactly: bytes.count) else { throw Full() }
    try put(count)
    try next(bytes.count).copyBytes(from: bytes)
  }

  mutating func put(_ value: AttributeValue) throws(Full) {
    switch value {
    case .string(let text):
      try put(ReaderMessage.AttributeKind.string.rawValue)
      try put(text)
    case .integer(let number):
      try put(ReaderMessage.AttributeKind.integer.rawValue)
      try put(number)
    case .real(let number):
      try put(ReaderMessage.AttributeKind.real.rawValue)
      try put(number.bitPattern)
    case .truth(let value):
      try put(ReaderMessage.AttributeKind.truth.rawValue)
      try put(value ? 1 : 0 as UInt8)
    }
  }

  mutating func put(_ outline: ArrayOutline) throws(Full) {
    try put(ReaderMessage.MemberKind(outline.kind).rawValue)
    if case .fixedStrings(let bytes) = outline.kind { try put(UInt64(bytes)) }
    try put(UInt8(outline.shape.count))
    for extent in outline.shape { try put(UInt64(extent)) }
  }

  /// Replaces everything so far by a refusal.
  mutating func refuse(_ error: CheckpointError) {
    end = ReaderMessage.headBytes
    let (outcome, texts): (ReaderMessage.Outcome, [String]) =
      switch error.reason {
      case .unfit(let name, let problem): (.unfit, [name, problem])
      case .hdf5(let function, let text): (.hdf5, [function, text])
      default: (.other, [error.finding])
      }
    do {
      try put(outcome.rawValue)
      for text in texts { try put(ReaderMessage.line(text)) }
    } catch {
      preconditionFailure("no room for a refusal")
    }
  }

  /// Writes the head, which makes the bytes a message.
  func finish() {
    memory.storeBytes(of: ReaderMessage.magic.littleEndian, as: UInt64.self)
    memory.storeBytes(of: UInt64(end).littleEndian, toByteOffset: 8, as: UInt64.self)
  }
}
