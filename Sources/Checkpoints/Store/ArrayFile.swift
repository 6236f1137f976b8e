/// The kind and shape of an array, without its elements.
package struct ArrayOutline: Equatable, Sendable {
  /// The kind of the elements.
  package let kind: ElementKind
  /// The extents; none for a scalar.
  package let shape: [Int]
  /// The number of elements.
  package let count: Int

  /// The bytes of all elements once read; nil for a kind that is not read from arrays.
  package var bytes: Int? {
    guard let width = kind.width else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
    return overflow ? nil : bytes
  }
}

/// A file of named arrays; the kind and shape of an array are checked before memory is taken for its elements.
package protocol ArrayFile: ~Copyable {
  /// The file's name in errors, as the caller gave it.
  var path: String { get }

  /// The kind and shape of an array.
  ///
  /// - Throws: `CheckpointError` where no array has this name.
  borrowing func outline(of name: String) throws(CheckpointError) -> ArrayOutline

  /// Copies the elements of an array, row-major, as ``ElementKind/width`` says.
  ///
  /// - Precondition: the buffer has ``ArrayOutline/bytes`` bytes.
  borrowing func copy(
    _ name: String, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError)
}

extension ArrayFile where Self: ~Copyable {
  /// Reads single-precision numbers into the caller's memory, row-major.
  ///
  /// - Parameters:
  ///   - name: an array of float32.
  ///   - buffer: has room for exactly the shape.
  ///   - shape: the required shape of the array.
  /// - Throws: `CheckpointError` where the array is missing or of another type or shape.
  package borrowing func floats(
    _ name: String, into buffer: UnsafeMutableBufferPointer<Float>, shape: [Int]
  ) throws(CheckpointError) {
    precondition(
      shape.reduce(1, *) == buffer.count, "\(name): \(buffer.count) values for shape \(shape)")
    let outline = try outline(of: name, being: [.float32], "float32")
    guard outline.shape == shape else {
      throw unfit(name, "has shape \(outline.shape); \(shape) is expected")
    }
    try copy(name, into: UnsafeMutableRawBufferPointer(buffer))
  }

  /// Reads single-precision numbers, row-major.
  ///
  /// - Parameter name: an array of float32.
  package borrowing func floats(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Float]) {
    let outline = try outline(of: name, being: [.float32], "float32")
    return (outline.shape, try values(outline, name, zero: 0))
  }

  /// Reads numbers in double precision, row-major.
  ///
  /// - Parameter name: an array of float64 or float32.
  package borrowing func doubles(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Double]) {
    let outline = try outline(of: name, being: [.float64, .float32], "float64 or float32")
    if outline.kind == .float64 { return (outline.shape, try values(outline, name, zero: 0)) }
    return (outline.shape, try values(outline, name, zero: 0 as Float).map(Double.init))
  }

  /// Reads integers, row-major.
  ///
  /// - Parameter name: an array of integers of any width that an `Int64` can hold.
  package borrowing func integers(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Int64]) {
    let outline = try outline(of: name, being: [.integer], "integer")
    return (outline.shape, try values(outline, name, zero: 0))
  }

  /// Reads a list of UTF-8 strings.
  ///
  /// - Parameter name: a one-dimensional array of strings stored with one common length. Strings of their own
  ///   lengths are refused: many could share the bytes of one and come to more than the file holds. Of a checkpoint the
  ///   reader's process has given them one length.
  package borrowing func strings(_ name: String) throws(CheckpointError) -> [String] {
    let outline = try outline(of: name)
    guard outline.shape.count == 1 else {
      throw unfit(name, "has shape \(outline.shape); a list is expected")
    }
    switch outline.kind {
    case .fixedStrings(let bytes):
      return try strings(in: try values(outline, name, zero: 0 as UInt8), of: bytes, name)
    case .strings:
      throw unfit(name, "holds strings of their own lengths; strings of one length are expected")
    default:
      throw unfit(name, "holds \(outline.kind.name); string is expected")
    }
  }

  /// The extents of an array; none for a scalar.
  package borrowing func shape(of name: String) throws(CheckpointError) -> [Int] {
    try outline(of: name).shape
  }

  /// An error about one object of this file.
  borrowing func unfit(_ name: String, _ problem: String) -> CheckpointError {
    CheckpointError(path, .unfit(name: name, problem: problem))
  }

  /// Splits text into strings of a stored length, each without the zeros that fill it up.
  borrowing func strings(
    in text: [UInt8], of bytes: Int, _ name: String
  ) throws(CheckpointError) -> [String] {
    var strings: [String] = []
    for start in stride(from: 0, to: text.count, by: bytes) {
      let used = text[start..<start + bytes].prefix { $0 != 0 }
      guard let string = String(validating: used, as: UTF8.self) else {
        throw unfit(name, "holds a string that is not UTF-8")
      }
      strings.append(string)
    }
    return strings
  }

  private borrowing func outline(
    of name: String, being kinds: [ElementKind], _ expected: String
  ) throws(CheckpointError) -> ArrayOutline {
    let outline = try outline(of: name)
    guard kinds.contains(outline.kind) else {
      throw unfit(name, "holds \(outline.kind.name); \(expected) is expected")
    }
    return outline
  }

  private borrowing func values<Element: BitwiseCopyable>(
    _ outline: ArrayOutline, _ name: String, zero: Element
  ) throws(CheckpointError) -> [Element] {
    let bytes = outline.bytes ?? 0
    var values = [Element](repeating: zero, count: bytes / MemoryLayout<Element>.stride)
    try values.withUnsafeMutableBufferPointer { (values) throws(CheckpointError) in
      try copy(name, into: UnsafeMutableRawBufferPointer(values))
    }
    return values
  }
}
