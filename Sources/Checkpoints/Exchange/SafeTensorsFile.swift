import Foundation

/// A file of PyPI's `safetensors`, opened for reading. What it claims is checked before memory is taken.
public struct SafeTensorsFile: ~Copyable {
  /// What the header says of a tensor.
  public struct Entry: Decodable, Sendable {
    /// The elements' type, such as `F32`.
    public let dtype: String
    /// The extents; none for a scalar.
    public let shape: [Int]
    fileprivate let offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }
  }

  /// The file's name in errors, as the caller gave it.
  public let path: String
  /// The tensors by their names.
  public let entries: [String: Entry]
  private let file: Descriptor
  /// The file's bytes before the first element.
  private let start: Int

  /// Opens a file and checks its header.
  ///
  /// - Throws: `CheckpointError` naming `path`.
  public init(_ path: String) throws(CheckpointError) {
    let file = try Descriptor.reading(path)
    let length = try file.length()
    let head = try file.bytes(8, at: 0)
    let claim = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard head.count == 8, claim <= SafeTensors.longestHeader, 8 + Int(claim) <= length else {
      throw CheckpointError(path, .unreadable("its first eight bytes are no length of a header"))
    }
    let header = Data(try file.bytes(Int(claim), at: 8))
    guard let contents = try? JSONDecoder().decode(Contents.self, from: header) else {
      throw CheckpointError(path, .unreadable("its header is not that of safetensors"))
    }
    let start = 8 + Int(claim)
    for (name, entry) in contents.entries {
      try Self.check(name, entry, bytes: length - start, of: path)
    }
    (self.path, entries, self.start) = (path, contents.entries, start)
    self.file = file
  }

  /// Refuses a tensor whose bytes are not in the file, or not as many as its shape says.
  private static func check(
    _ name: String, _ entry: Entry, bytes: Int, of path: String
  ) throws(CheckpointError) {
    var count = entry.kind?.width ?? 0
    for extent in entry.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw CheckpointError(path, .unfit(name: name, problem: "has the shape \(entry.shape)"))
      }
      count = product
    }
    let ends = entry.offsets
    guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1], ends[1] <= bytes,
      entry.kind == nil || ends[1] - ends[0] == count
    else {
      throw CheckpointError(
        path, .unfit(name: name, problem: "has no bytes for its shape \(entry.shape)"))
    }
  }

  /// Reads a tensor, row-major, as single-precision numbers.
  ///
  /// - Throws: `CheckpointError` where no tensor has this name, or its elements are no floating-point numbers.
  public borrowing func floats(
    _ name: String
  ) throws(CheckpointError) -> (shape: [Int], values: [Float]) {
    guard let entry = entries[name] else {
      throw CheckpointError(path, .unfit(name: name, problem: "is missing"))
    }
    guard let kind = entry.kind else {
      throw CheckpointError(
        path,
        .unfit(name: name, problem: "holds \(entry.dtype); F32, F16 or BF16 is expected"))
    }
    let length = entry.offsets[1] - entry.offsets[0]
    let bytes = try file.bytes(length, at: start + entry.offsets[0])
    guard bytes.count == length else {
      throw CheckpointError(
        path, .truncated(found: start + bytes.count, expected: start + length))
    }
    return (entry.shape, bytes.withUnsafeBytes { kind.values(of: $0) })
  }
}

/// The types of elements that are read.
private enum ElementType: String {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  /// The bytes of an element.
  var width: Int { self == .float32 ? 4 : 2 }

  func values(of bytes: UnsafeRawBufferPointer) -> [Float] {
    func words<Word: FixedWidthInteger & BitwiseCopyable>(_ value: (Word) -> Float) -> [Float] {
      (0..<bytes.count / width).map {
        value(Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: Word.self)))
      }
    }
    return switch self {
    case .float32: words { Float(bitPattern: $0 as UInt32) }
    case .float16: words { Float.ofHalf($0) }
    case .bfloat16: words { Float(bitPattern: UInt32($0 as UInt16) << 16) }
    }
  }
}

extension SafeTensorsFile.Entry {
  fileprivate var kind: ElementType? { ElementType(rawValue: dtype) }
}

extension Float {
  /// The value of a half-precision number (IEEE 754, binary16).
  fileprivate static func ofHalf(_ bits: UInt16) -> Float {
    let (sign, exponent, fraction) = (bits >> 15, Int(bits >> 10 & 31), Float(bits & 1023))
    let size: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
      }
    return sign == 0 ? size : -size
  }
}

/// A header: tensors, and texts that are passed over.
private struct Contents: Decodable {
  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var entries: [String: SafeTensorsFile.Entry] = [:]

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Name.self)
    for key in values.allKeys where key.stringValue != "__metadata__" {
      entries[key.stringValue] = try values.decode(SafeTensorsFile.Entry.self, forKey: key)
    }
  }
}
