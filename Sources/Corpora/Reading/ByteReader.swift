import CZlib
import Foundation

/// Reads the bytes of a file block by block; gzip is recognised by its first two bytes, whatever the name.
struct ByteReader: ~Copyable {
  let path: String
  private let file: gzFile
  private var total = 0
  private static let blockSize = 1 << 18
  /// The limit of decompression: so many times the file's length, or so many bytes. Corpora shrink to a tenth;
  /// a file that shrinks to a thousandth is made to fill memory.
  private static let (ratio, least) = (100, 1 << 26)

  init(_ path: String) throws(CorpusError) {
    errno = 0
    guard let file = gzopen(path, "rb") else {
      throw CorpusError(file: path, "cannot be opened: \(systemMessage(errno))")
    }
    self.path = path
    self.file = file
  }

  deinit { gzclose(file) }

  /// Appends the next block to `bytes`; `false` at the end of the file.
  ///
  /// The corresponding C function is `gzread`.
  mutating func read(into bytes: inout [UInt8]) throws(CorpusError) -> Bool {
    errno = 0
    var count: Int32 = 0
    let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, filled in
      count = gzread(file, buffer.baseAddress, UInt32(Self.blockSize))
      filled = max(0, Int(count))
    }
    // Where a file ends inside a gzip stream, zlib delivers the last bytes together with the error.
    var code = Z_OK
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    switch code {
    case Z_OK, Z_STREAM_END: break
    case Z_ERRNO: throw CorpusError(file: path, "cannot be read: \(systemMessage(errno))")
    case Z_BUF_ERROR:
      throw CorpusError(file: path, "ends inside its gzip stream; fetch or make the file again")
    default: throw CorpusError(file: path, "is not a whole gzip file (\(message))")
    }
    bytes += block
    total += block.count
    if total > Self.least, total / Self.ratio > gzoffset(file) {
      throw CorpusError(
        file: path, "is gzip of more than \(Self.ratio) times its size; unpack it if you trust it")
    }
    return count > 0
  }
}

/// The system's message for an error number.
func systemMessage(_ code: Int32) -> String {
  code == 0 ? "unknown error" : String(cString: strerror(code))
}
