import CZlib
import Foundation

/// The bytes of a file, block by block; gzip is known by its first two bytes, whatever the name.
struct ByteReader: ~Copyable {
  let path: String
  private let file: gzFile
  private static let blockSize = 1 << 18

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
  func read(into bytes: inout [UInt8]) throws(CorpusError) -> Bool {
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
    return count > 0
  }
}

/// The words of the system for an error number.
func systemMessage(_ code: Int32) -> String {
  code == 0 ? "unknown error" : String(cString: strerror(code))
}

/// The lines of a file, plain or gzip, without their ends.
struct LineReader: ~Copyable {
  private let reader: ByteReader
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

enum TextFile {
  /// All bytes of a file, plain or gzip.
  static func bytes(_ path: String) throws(CorpusError) -> [UInt8] {
    let reader = try ByteReader(path)
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
  static func write(_ text: String, to path: String) throws(CorpusError) {
    let url = URL(filePath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      let folder = url.deletingLastPathComponent().path
      throw CorpusError(file: folder, "folder cannot be made: \(reason(error))")
    }
    let partial = "\(path).partial-\(getpid())"
    do {
      try Data(text.utf8).write(to: URL(filePath: partial))
    } catch {
      unlink(partial)
      throw CorpusError(file: path, "cannot be written: \(reason(error))")
    }
    guard rename(partial, path) == 0 else {
      let code = errno
      unlink(partial)
      throw CorpusError(file: path, "cannot be written: \(systemMessage(code))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      return systemMessage(Int32(underlying.code))
    }
    return (error as NSError).localizedDescription
  }
}
