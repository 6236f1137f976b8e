import Files
import Foundation

/// Files that are read and written whole.
package enum TextFile {
  /// All bytes of a file, plain or gzip.
  static func bytes(_ path: String) throws(CorpusError) -> [UInt8] {
    do throws(FileError) {
      var reader = try ByteReader(path)
      var bytes: [UInt8] = []
      while try reader.read(into: &bytes) {}
      return bytes
    } catch {
      throw CorpusError(error)
    }
  }

  /// The text of a line.
  package static func string(_ bytes: [UInt8], at place: Place) throws(CorpusError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw place.error("is not UTF-8; convert the file to UTF-8")
    }
    return text
  }

  /// Writes a file beside `path` and renames it, so that `path` is never half written; makes folders.
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

  /// Writes a file and syncs it to disk; the error number of the call that failed, if one did.
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
