import CZlib
import Foundation

/// The bytes of a file, block by block; gzip is known by its first two bytes, whatever the name.
struct ByteReader: ~Copyable {
  let path: String
  private let file: gzFile
  private var total = 0
  private static let blockSize = 1 << 18
  /// What a gzip file may become: so many times its own length, or so many bytes. Corpora shrink to a tenth;
  /// a thousandth is possible, and made to fill memory.
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
    // A file that ends inside a gzip stream gives its last bytes first and the error beside them.
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

/// The words of the system for an error number.
func systemMessage(_ code: Int32) -> String {
  code == 0 ? "unknown error" : String(cString: strerror(code))
}

/// The lines of a file, plain or gzip, without their ends.
struct LineReader: ~Copyable {
  private var reader: ByteReader
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  /// Number of the line that `next` gave last, from 1.
  private(set) var number = 0

  init(_ path: String) throws(CorpusError) { reader = try ByteReader(path) }

  var path: String { reader.path }
  var place: Place { Place(file: path, line: number) }

  /// The next line, or `nil` after the last.
  mutating func next() throws(CorpusError) -> [UInt8]? {
    var searched = start
    while true {
      if let end = firstLineFeed(from: searched) {
        defer { start = end + 1 }
        return line(end)
      }
      if isAtEnd { break }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      isAtEnd = try !reader.read(into: &buffer)
    }
    guard start < buffer.count else { return nil }
    defer { start = buffer.count }
    return line(buffer.count)
  }

  private mutating func line(_ end: Int) -> [UInt8] {
    number += 1
    let hasReturn = end > start && buffer[end - 1] == 0x0D
    return Array(buffer[start..<(hasReturn ? end - 1 : end)])
  }

  private func firstLineFeed(from index: Int) -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, index < bytes.count,
        let hit = memchr(base + index, 0x0A, bytes.count - index)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(hit))
    }
  }
}

package enum TextFile {
  /// All bytes of a file, plain or gzip.
  static func bytes(_ path: String) throws(CorpusError) -> [UInt8] {
    var reader = try ByteReader(path)
    var bytes: [UInt8] = []
    while try reader.read(into: &bytes) {}
    return bytes
  }

  /// Text of a line.
  static func string(_ bytes: [UInt8], at place: Place) throws(CorpusError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw place.error("is not UTF-8; convert the file to UTF-8")
    }
    return text
  }

  /// Writes beside `path` and renames, so that a file is there whole or not at all; makes folders.
  package static func write(_ text: String, to path: String) throws(CorpusError) {
    let folder = URL(filePath: path).deletingLastPathComponent().relativePath
    try makeFolder(folder)
    let partial = "\(path).partial-\(getpid())"
    let error = save(text, partial) ?? (rename(partial, path) == 0 ? nil : errno)
    if let error {
      unlink(partial)
      throw CorpusError(file: path, "cannot be written: \(systemMessage(error))")
    }
  }

  /// Makes a folder and those above it.
  private static func makeFolder(_ path: String) throws(CorpusError) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    let above = URL(filePath: path).deletingLastPathComponent().relativePath
    if errno == ENOENT && above != path {
      try makeFolder(above)
      if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    }
    throw CorpusError(file: path, "folder cannot be made: \(systemMessage(errno))")
  }

  /// Writes and brings to disk; the error number of what failed.
  private static func save(_ text: String, _ path: String) -> Int32? {
    guard let file = fopen(path, "wb") else { return errno }
    var text = text
    let count = text.utf8.count
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
    let isSaved = written == count && fflush(file) == 0 && fsync(fileno(file)) == 0
    let error = errno
    return fclose(file) == 0 && isSaved ? nil : (isSaved ? errno : error)
  }
}
