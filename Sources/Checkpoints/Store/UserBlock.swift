/// The first 512 bytes of a checkpoint, which HDF5 reserves for the writing program.
///
/// | bytes | hold |
/// | --- | --- |
/// | 0 – 11 | `TERCET`, CR, LF, 0x1A, LF, 0, 0 |
/// | 12 – 15 | format version |
/// | 16 – 23 | length of the whole file in bytes, this block included |
/// | 24 – 31 | CRC-64/XZ of every byte after this block |
/// | 32 – 503 | zeros |
/// | 504 – 511 | CRC-64/XZ of bytes 0 – 503 |
///
/// Numbers are little-endian. The magic and the place of the version and of the last checksum are
/// the same in every version. A transfer that translates line ends breaks the magic.
struct UserBlock: Equatable {
  /// The size of the block in bytes, the smallest that HDF5 allows.
  static let size = 512
  /// The format version of this program's files, and the highest that it reads.
  static let version: UInt32 = 1

  /// The length of the whole file in bytes.
  let length: Int
  /// The checksum of every byte after the block.
  let checksum: UInt64

  private static let magic = Array("TERCET\r\n\u{1A}\n\0\0".utf8)
  static let hdf5Signature = Array("HDF\r\n\u{1A}\n".utf8)
  private static let checkedBytes = size - 8

  init(length: Int, checksum: UInt64) {
    self.length = length
    self.checksum = checksum
  }

  /// The block as bytes.
  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    bytes.replaceSubrange(0..<12, with: Self.magic)
    Self.store(Self.version, at: 12, in: &bytes)
    Self.store(UInt64(length), at: 16, in: &bytes)
    Self.store(checksum, at: 24, in: &bytes)
    let check = bytes.withUnsafeBytes { Checksum.of(.init(rebasing: $0[..<Self.checkedBytes])) }
    Self.store(check, at: Self.checkedBytes, in: &bytes)
    return bytes
  }

  /// Parses and checks a block.
  ///
  /// - Parameters:
  ///   - bytes: the first 512 bytes of the file, or all of a shorter one.
  ///   - path: the file's name in errors.
  ///   - fileLength: the file's length in bytes.
  /// - Throws: `CheckpointError`: empty, foreign, cut short, overlong, damaged or newer.
  init(_ bytes: [UInt8], of path: String, fileLength: Int) throws(CheckpointError) {
    if bytes.isEmpty { throw CheckpointError(path, .empty) }
    guard bytes.starts(with: Self.magic.prefix(bytes.count)) else {
      throw CheckpointError(path, .foreign(Self.looks(bytes)))
    }
    guard bytes.count == Self.size else {
      throw CheckpointError(path, .truncated(found: bytes.count, expected: Self.size))
    }
    let version: UInt32 = Self.load(at: 12, from: bytes)
    let check = bytes.withUnsafeBytes { Checksum.of(.init(rebasing: $0[..<Self.checkedBytes])) }
    guard Self.load(at: Self.checkedBytes, from: bytes) == check else {
      let claim = version > Self.version ? " (it names format version \(version))" : ""
      throw CheckpointError(path, .damaged("its header does not match its checksum\(claim)"))
    }
    guard version <= Self.version else { throw CheckpointError(path, .newer(version: version)) }
    length = Int(clamping: Self.load(at: 16, from: bytes) as UInt64)
    checksum = Self.load(at: 24, from: bytes)
    if fileLength < length {
      throw CheckpointError(path, .truncated(found: fileLength, expected: length))
    }
    if fileLength > length {
      throw CheckpointError(path, .overlong(found: fileLength, expected: length))
    }
  }

  /// What a foreign file resembles.
  private static func looks(_ bytes: [UInt8]) -> String {
    if bytes.dropFirst().starts(with: hdf5Signature) {
      return "an HDF5 file without tercet's header"
    }
    if bytes.allSatisfy({ $0 == 0 }) { return "it holds zeros only" }
    let isText = bytes.allSatisfy { $0 >= 32 && $0 != 127 || (9...13).contains($0) }
    return isText ? "it holds text" : "it does not start with tercet's header"
  }

  private static func store<T: FixedWidthInteger>(
    _ value: T, at offset: Int, in bytes: inout [UInt8]
  ) {
    withUnsafeBytes(of: value.littleEndian) {
      bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
    }
  }

  private static func load<T: FixedWidthInteger>(at offset: Int, from bytes: [UInt8]) -> T {
    bytes.withUnsafeBytes {
      T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
  }
}
