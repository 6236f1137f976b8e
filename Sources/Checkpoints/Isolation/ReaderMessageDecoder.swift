/// Parses a message and trusts no field of it: a forged checkpoint may have taken over the process that wrote it.
struct ReaderMessageDecoder {
  private let memory: UnsafeRawBufferPointer
  private let wanted: ArraySelection
  private var place = ReaderMessage.headBytes

  /// The bytes are no message, or a field of it cannot be.
  struct Unsound: Error {}

  /// A checkpoint's contents, their elements by position in the message, or the reason of a refusal.
  enum Outcome {
    case contents(StoredGroup)
    case refusal(CheckpointError.Reason)
  }

  /// Checks every field of a message.
  ///
  /// - Parameters:
  ///   - memory: the message and no byte more.
  ///   - wanted: the arrays whose elements must be in it.
  static func outcome(
    of memory: UnsafeRawBufferPointer, wanted: ArraySelection
  ) throws(Unsound) -> Outcome {
    guard written(memory) == memory.count else { throw Unsound() }
    var decoder = ReaderMessageDecoder(memory: memory, wanted: wanted)
    let outcome = try decoder.outcome()
    guard decoder.place == memory.count else { throw Unsound() }
    return outcome
  }

  /// The length of a message by its head; nil where the bytes do not begin one.
  static func written(_ head: UnsafeRawBufferPointer) -> Int? {
    guard head.count >= ReaderMessage.headBytes,
      UInt64(littleEndian: head.loadUnaligned(as: UInt64.self)) == ReaderMessage.magic
    else { return nil }
    let count = UInt64(littleEndian: head.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    return Int(exactly: count).flatMap { $0 >= ReaderMessage.headBytes ? $0 : nil }
  }

  private init(memory: UnsafeRawBufferPointer, wanted: ArraySelection) {
    (self.memory, self.wanted) = (memory, wanted)
  }

  private mutating func outcome() throws(Unsound) -> Outcome {
    switch ReaderMessage.Outcome(rawValue: try number()) {
    case .contents: return .contents(try group("", depth: 0))
    case .unfit: return .refusal(.unfit(name: try line(), problem: try line()))
    case .hdf5: return .refusal(.hdf5(function: try line(), text: try line()))
    case .other: return .refusal(.unreadable(try line()))
    case nil: throw Unsound()
    }
  }

  private mutating func group(_ path: String, depth: Int) throws(Unsound) -> StoredGroup {
    guard depth <= ReaderMessage.deepest else { throw Unsound() }
    var group = StoredGroup()
    for _ in 0..<(try number() as UInt32) {
      let name = try name(after: group.attributes.last?.name)
      group.attributes.append((name, try attribute()))
    }
    for _ in 0..<(try number() as UInt32) {
      let name = try name(after: group.members.last?.name)
      guard !name.utf8.contains(UInt8(ascii: "/")) else { throw Unsound() }
      group.members.append((name, try member("\(path)\(name)", depth: depth)))
    }
    return group
  }

  private mutating func attribute() throws(Unsound) -> AttributeValue {
    switch ReaderMessage.AttributeKind(rawValue: try number()) {
    case .string: return .string(try text())
    case .integer: return .integer(try number())
    case .real: return .real(Double(bitPattern: try number()))
    case .truth:
      let value: UInt8 = try number()
      guard value <= 1 else { throw Unsound() }
      return .truth(value == 1)
    case nil: throw Unsound()
    }
  }

  private mutating func member(_ path: String, depth: Int) throws(Unsound) -> StoredMember {
    switch ReaderMessage.MemberKind(rawValue: try number()) {
    case .group: return .group(try group("\(path)/", depth: depth + 1))
    case .float32: return try array(path, .float32)
    case .float64: return try array(path, .float64)
    case .integer: return try array(path, .integer)
    case .truth: return try array(path, .truth)
    case .strings: return try array(path, .strings)
    case .fixedStrings:
      guard let bytes = Int(exactly: try number() as UInt64), bytes > 0 else { throw Unsound() }
      return try array(path, .fixedStrings(bytes: bytes))
    case .other: return try array(path, .other)
    case nil: throw Unsound()
    }
  }

  private mutating func array(_ path: String, _ kind: ElementKind) throws(Unsound) -> StoredMember {
    let rank: UInt8 = try number()
    guard rank <= ReaderMessage.mostAxes else { throw Unsound() }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<rank {
      guard let extent = Int(exactly: try number() as UInt64) else { throw Unsound() }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw Unsound() }
      count = product
      shape.append(extent)
    }
    let outline = ArrayOutline(kind: kind, shape: shape, count: count)
    guard wanted.includes(path), kind.width != nil else { return .array(outline, elements: nil) }
    guard let bytes = outline.bytes else { throw Unsound() }
    let start = place
    _ = try next(bytes)
    return .array(outline, elements: start..<place)
  }
}

/// Fields.
extension ReaderMessageDecoder {
  private mutating func next(_ count: Int) throws(Unsound) -> UnsafeRawBufferPointer {
    guard count <= memory.count - place else { throw Unsound() }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: memory[place..<place + count])
  }

  private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>() throws(Unsound)
    -> Number
  {
    Number(littleEndian: try next(MemoryLayout<Number>.size).loadUnaligned(as: Number.self))
  }

  private mutating func text() throws(Unsound) -> String {
    let bytes = try next(Int(try number() as UInt32))
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw Unsound()
    }
    return text
  }

  /// A text that is printed: nothing in it may steer a terminal.
  private mutating func line() throws(Unsound) -> String {
    let text = try text()
    guard text.unicodeScalars.allSatisfy(ReaderMessage.isPlain) else { throw Unsound() }
    return text
  }

  /// A name; those of one group are in ascending order of their bytes, so none occurs twice.
  private mutating func name(after last: String?) throws(Unsound) -> String {
    let name = try text()
    guard !name.isEmpty, last?.utf8.lexicographicallyPrecedes(name.utf8) ?? true else {
      throw Unsound()
    }
    return name
  }
}
