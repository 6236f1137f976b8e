import Foundation

/// Reads the lines of a file, plain or gzip, without their ends.
struct LineReader: ~Copyable {
  private var reader: ByteReader
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  /// Number of the line that `next` returned last, from 1.
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
