/// Fills memory of a fixed size with a transcript.
struct ReaderMessageEncoder: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private var end = ReaderMessage.headBytes

  /// There was no room.
  struct Full: Error {}

  /// - Parameter memory: zeros.
  init(_ memory: UnsafeMutableRawBufferPointer) {
    self.memory = memory
  }

  /// The next so many bytes.
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

  /// Puts a refusal in the place of what was written so far.
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

  /// Makes the whole a transcript.
  func finish() {
    memory.storeBytes(of: ReaderMessage.magic.littleEndian, as: UInt64.self)
    memory.storeBytes(of: UInt64(end).littleEndian, toByteOffset: 8, as: UInt64.self)
  }
}
