import Glibc
import Limits

/// A file descriptor of the system, closed at the end of its life.
package struct Descriptor: ~Copyable {
  /// The system's number of the descriptor.
  let number: Int32
  private let path: String

  /// Opens a file for reading, and refuses folders, pipes and devices without waiting for them.
  ///
  /// - Throws: `CheckpointError`: missing, unreadable, a folder or no regular file.
  static func reading(_ path: String) throws(CheckpointError) -> Descriptor {
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else {
      let reason: CheckpointError.Reason =
        errno == ENOENT ? .missing : .unreadable(systemError())
      throw CheckpointError(path, reason)
    }
    let file = Descriptor(number: number, path: path)
    let kind = try file.status().st_mode & S_IFMT
    if kind == S_IFDIR { throw CheckpointError(path, .folder) }
    if kind != S_IFREG { throw CheckpointError(path, .foreign("it is not a regular file")) }
    return file
  }

  /// Takes over an open descriptor.
  static func taking(_ number: Int32, _ path: String) -> Descriptor {
    Descriptor(number: number, path: path)
  }

  /// Makes an empty file, or empties the file of this name.
  package static func creating(_ path: String) throws(CheckpointError) -> Descriptor {
    let number = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard number >= 0 else { throw CheckpointError(path, .unwritable(systemError())) }
    return Descriptor(number: number, path: path)
  }

  deinit { close(number) }

  /// The length of the file in bytes.
  func length() throws(CheckpointError) -> Int { Int(try status().st_size) }

  private func status() throws(CheckpointError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else {
      throw CheckpointError(path, .unreadable(Descriptor.systemError()))
    }
    return status
  }

  /// Reads the next bytes until the buffer is full or the file ends.
  ///
  /// - Returns: the number of bytes.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = Glibc.read(number, rest.baseAddress, rest.count)
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno == EIO {
        throw CheckpointError(path, .damaged("the disk cannot read all of it"))
      } else if errno != EINTR {
        throw CheckpointError(path, .unreadable(Descriptor.systemError()))
      }
    }
    return filled
  }

  /// Writes every byte.
  ///
  /// - Parameter needed: the size of the whole file, for the error of a full disk.
  package func write(_ bytes: UnsafeRawBufferPointer, needed: Int) throws(CheckpointError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = Glibc.write(number, rest.baseAddress, rest.count)
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw writeError(needed: needed)
      }
    }
  }

  /// Reads from `offset` on until the buffer is full or the file ends.
  ///
  /// - Returns: the number of bytes.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(CheckpointError) -> Int {
    guard lseek(number, offset, SEEK_SET) == offset else {
      throw CheckpointError(path, .unreadable(Descriptor.systemError()))
    }
    return try read(into: buffer)
  }

  /// The bytes from `offset` on, fewer than `count` where the file ends.
  func bytes(_ count: Int, at offset: Int) throws(CheckpointError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { buffer.deallocate() }
    return Array(buffer[..<(try read(into: buffer, at: offset))])
  }

  /// Writes every byte from `offset` on; see ``write(_:needed:)``.
  func write(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, needed: Int
  ) throws(CheckpointError) {
    guard lseek(number, offset, SEEK_SET) == offset else { throw writeError(needed: needed) }
    try write(bytes, needed: needed)
  }

  /// Cuts or lengthens the file; see ``write(_:needed:)``.
  func truncate(to length: Int, needed: Int) throws(CheckpointError) {
    guard ftruncate(number, length) == 0 else { throw writeError(needed: needed) }
  }

  /// Flushes the file to disk; see ``write(_:needed:)``.
  func synchronize(needed: Int) throws(CheckpointError) {
    guard fsync(number) == 0 else { throw writeError(needed: needed) }
  }

  private func writeError(needed: Int) -> CheckpointError {
    let isFull = errno == ENOSPC || errno == EDQUOT
    return CheckpointError(
      path, isFull ? .diskFull(needed: needed, free: nil) : .unwritable(Descriptor.systemError()))
  }

  /// The text of the system's last error.
  static func systemError() -> String { SystemError.text() }
}

/// The identity of a file: equal for all of its names.
struct FileNumber: Hashable {
  private let device: UInt
  private let inode: UInt

  /// The identity of the file at a path; nil where there is none.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The identity of an open file.
  init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}
