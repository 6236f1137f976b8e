import Foundation
import Glibc

/// The file format of PyPI's `safetensors`: the length of a header, the header as JSON, then the elements of all
/// tensors without gaps, little-endian. Equal contents give equal bytes.
public enum SafeTensors {
  /// A tensor of float32, row-major; its elements stay the caller's.
  public struct Tensor {
    let name: String
    let shape: [Int]
    let values: UnsafeBufferPointer<Float>

    /// - Precondition: as many values as the shape says.
    public init(_ name: String, shape: [Int], _ values: UnsafeBufferPointer<Float>) {
      precondition(shape.reduce(1, *) == values.count, "\(name): shape \(shape)")
      (self.name, self.shape, self.values) = (name, shape, values)
    }
  }

  /// The longest header that `safetensors` reads, in bytes.
  static let longestHeader = 100_000_000

  /// Writes a file whole or not at all, and makes its folder.
  ///
  /// - Parameters:
  ///   - tensors: of different names; the file has them in the order of these.
  ///   - metadata: texts that go into the header.
  /// - Returns: the file's length in bytes.
  /// - Throws: `CheckpointError` naming `path`: not writable, no regular file, disk full, or a header that is longer
  ///   than readers take.
  public static func write(
    _ tensors: [Tensor], metadata: [String: String], to path: String
  ) throws(CheckpointError) -> Int {
    let tensors = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let header = self.header(of: tensors, metadata)
    guard header.count <= longestHeader else {
      throw CheckpointError(
        path,
        .unwritable(
          "its header, which holds words and relations, would take \(header.count) bytes, and "
            + "safetensors reads \(longestHeader) at most"))
    }
    let needed = 8 + header.count + tensors.reduce(0) { $0 + bytes(of: $1) }
    try CheckpointFolder(AtomicFile.folder(of: path)).makeFolders()
    let target = try regularFile(path)
    try AtomicFile.checkSpace(for: needed, at: target)
    try AtomicFile.publish(target) { (temporary) throws(CheckpointError) in
      let file = try Descriptor.creating(temporary)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init)
      try write(length + header, to: file, needed: needed)
      for tensor in tensors {
        try file.write(UnsafeRawBufferPointer(tensor.values), needed: needed)
      }
      try file.synchronize(needed: needed)
    }
    return needed
  }

  private static func write(
    _ bytes: [UInt8], to file: borrowing Descriptor, needed: Int
  ) throws(CheckpointError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
      try file.write(UnsafeRawBufferPointer(bytes), needed: needed)
    }
  }

  private static func bytes(of tensor: Tensor) -> Int {
    tensor.values.count * MemoryLayout<Float>.stride
  }

  /// The file that a path leads to; one that does not exist yet may be made.
  ///
  /// - Throws: `CheckpointError` for a folder, a device or a pipe, which a new file would replace.
  private static func regularFile(_ path: String) throws(CheckpointError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw CheckpointError(path, .folder)
    default: throw CheckpointError(path, .unwritable("it is a device or a pipe; name a file"))
    }
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

extension SafeTensors {
  /// An entry of the header.
  private enum Entry: Encodable {
    case metadata([String: String])
    case tensor(shape: [Int], offsets: Range<Int>)

    private enum Key: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let texts): try texts.encode(to: encoder)
      case .tensor(let shape, let offsets):
        var values = encoder.container(keyedBy: Key.self)
        try values.encode("F32", forKey: .dtype)
        try values.encode(shape, forKey: .shape)
        try values.encode([offsets.lowerBound, offsets.upperBound], forKey: .offsets)
      }
    }
  }

  /// The header, filled up with blanks so that the elements begin at a multiple of eight bytes.
  private static func header(of tensors: [Tensor], _ metadata: [String: String]) -> [UInt8] {
    var entries = ["__metadata__": Entry.metadata(metadata)]
    var end = 0
    for tensor in tensors {
      let offsets = end..<end + bytes(of: tensor)
      precondition(entries[tensor.name] == nil, "two tensors named \(tensor.name)")
      entries[tensor.name] = .tensor(shape: tensor.shape, offsets: offsets)
      end = offsets.upperBound
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(entries) else {
      preconditionFailure("a header of texts and numbers")
    }
    return json + Array(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
  }
}
