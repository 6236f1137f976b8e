import Files
import Foundation

/// Reads the lines of a file, plain or gzip, without their ends: a line feed, or a carriage return and one. Nothing
/// else ends a line.
package struct LineReader: ~Copyable {
  private var reader: ByteReader
  private var buffer: [UInt8] = []
  private var start = 0
  /// Where the search for the next line feed goes on.
  private var searched = 0
  private var isAtEnd = false
  /// Number of the line that `next` returned last, from 1.
  package private(set) var number = 0

  /// Opens a file.
  package init(_ path: String) throws(CorpusError) {
    do {
      reader = try ByteReader(path)
    } catch {
      throw CorpusError(error)
    }
  }

  /// Reads lines as they come from what is open already, and leaves it open.
  package init(descriptor: Int32, name: String) {
    reader = ByteReader(descriptor: descriptor, name: name)
  }

  /// The file as messages name it.
  package var path: String { reader.path }
  /// The place of the line that `next` returned last.
  package var place: Place { Place(file: path, line: number) }

  /// The next line, or `nil` after the last.
  package mutating func next() throws(CorpusError) -> [UInt8]? {
    while true {
      if let end = lineFeed() { return line(end, after: end + 1) }
      if isAtEnd { break }
      try read()
    }
    return start < buffer.count ? line(buffer.count, after: buffer.count) : nil
  }

  /// Takes in what has come, and returns whether ``next()`` would wait for the rest of a line.
  package mutating func wouldWait() throws(CorpusError) -> Bool {
    while lineFeed() == nil && !isAtEnd {
      guard reader.isReady else { return true }
      try read()
    }
    return false
  }

  private mutating func read() throws(CorpusError) {
    buffer.removeFirst(start)
    (start, searched) = (0, searched - start)
    do throws(FileError) {
      isAtEnd = try !reader.read(into: &buffer)
    } catch {
      throw CorpusError(error)
    }
  }

  /// The line up to `end`, without a byte order mark, which files that were put together have at their seams.
  private mutating func line(_ end: Int, after next: Int) -> [UInt8] {
    defer { (start, searched) = (next, next) }
    number += 1
    let hasReturn = end > start && buffer[end - 1] == 0x0D
    let line = buffer[start..<(hasReturn ? end - 1 : end)]
    return Array(line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line)
  }

  /// Where the next line feed is.
  private mutating func lineFeed() -> Int? {
    let from = searched
    let found: Int? = buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, from < bytes.count,
        let hit = memchr(base + from, 0x0A, bytes.count - from)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(hit))
    }
    searched = found ?? buffer.count
    return found
  }
}

extension CorpusError {
  init(_ error: FileError) { self.init(file: error.path, error.message) }
}
