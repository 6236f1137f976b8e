import CZlib
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
  ///
  /// - Throws: where the line is not UTF-8, or holds a zero.
  package static func string(_ bytes: [UInt8], at place: Place) throws(CorpusError) -> String {
    if bytes.contains(0) { throw place.error("holds a NUL byte, which no text has") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw place.error("is not UTF-8; convert the file to UTF-8")
    }
    return text
  }

  /// Writes a file beside `path` and renames it, so that `path` is never half written; makes folders. A name that
  /// ends in `.gz` gets gzip, of the same bytes for the same text. Of a link the file that it names is written; a
  /// pipe or a device is written as it is.
  package static func write(_ text: String, to path: String) throws(CorpusError) {
    var text = text
    let error = text.withUTF8 { failure(writing: [UnsafeRawBufferPointer($0)], to: path) }
    if let error { throw error }
  }

  /// Writes a file of some parts, one behind the other, as ``write(_:to:)`` writes a text.
  package static func write(
    _ parts: [UnsafeRawBufferPointer], to path: String
  ) throws(CorpusError) {
    if let error = failure(writing: parts, to: path) { throw error }
  }

  private static func failure(
    writing parts: [UnsafeRawBufferPointer], to path: String
  ) -> CorpusError? {
    do throws(CorpusError) { try makeFolder(of: path) } catch { return error }
    var status = stat()
    let exists = stat(path, &status) == 0
    let isPacked = path.hasSuffix(".gz")
    let error: Int32? =
      switch exists ? status.st_mode & S_IFMT : S_IFREG {
      case S_IFREG: publish(parts, as: path, mode: exists ? status.st_mode & 0o777 : nil, isPacked)
      case S_IFDIR: EISDIR
      default: save(parts, path, O_WRONLY, isPacked)
      }
    return error.map { CorpusError(file: path, "cannot be written: \(systemMessage($0))") }
  }

  /// Makes the folder that a file stands in, and those above it.
  package static func makeFolder(of path: String) throws(CorpusError) {
    try makeFolder(URL(filePath: path).deletingLastPathComponent().relativePath)
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

  /// Writes a file under another name and gives it its own; the error number of the call that failed, if one did.
  ///
  /// - Parameter mode: the permissions of the file that is replaced.
  private static func publish(
    _ parts: [UnsafeRawBufferPointer], as path: String, mode: mode_t?, _ isPacked: Bool
  ) -> Int32? {
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    let target = resolved.map { String(cString: $0) } ?? path
    let partial = "\(target).partial-\(getpid())"
    return UnfinishedFile.removedBySignals(partial) {
      let error =
        save(parts, partial, O_WRONLY | O_CREAT | O_TRUNC, mode: mode, isPacked)
        ?? (rename(partial, target) == 0 ? nil : errno)
      if error != nil { unlink(partial) }
      return error ?? syncFolder(of: target)
    }
  }

  /// Writes a file and syncs it to disk; the error number of the call that failed, if one did.
  private static func save(
    _ parts: [UnsafeRawBufferPointer], _ path: String, _ flags: Int32, mode: mode_t? = nil,
    _ isPacked: Bool
  ) -> Int32? {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { return errno }
    defer { close(file) }
    if let mode, fchmod(file, mode) != 0 { return errno }
    if let error = write(parts, to: file, isPacked) { return error }
    return fsync(file) == 0 || errno == EINVAL || errno == EROFS ? nil : errno
  }

  /// Writes all parts; the error number of the call that failed, if one did.
  ///
  /// The corresponding C functions are `gzwrite`, which packs or not, and `gzclose`.
  private static func write(
    _ parts: [UnsafeRawBufferPointer], to file: Int32, _ isPacked: Bool
  ) -> Int32? {
    guard let stream = gzdopen(dup(file), isPacked ? "wb" : "wbT") else { return errno }
    errno = 0
    let isWritten = parts.allSatisfy { bytes in
      stride(from: 0, to: bytes.count, by: 1 << 24).allSatisfy { start in
        let count = min(1 << 24, bytes.count - start)
        return gzwrite(stream, bytes.baseAddress.map { $0 + start }, UInt32(count)) == count
      }
    }
    let error = errno
    errno = 0
    let isClosed = gzclose(stream) == Z_OK
    return isWritten && isClosed ? nil : (isWritten ? errno : error)
  }

  /// Syncs a folder, so that a new name outlives a crash; file systems without need for it refuse.
  private static func syncFolder(of path: String) -> Int32? {
    let folder = URL(filePath: path).deletingLastPathComponent().relativePath
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return fsync(file) == 0 || errno == EINVAL ? nil : errno
  }
}
