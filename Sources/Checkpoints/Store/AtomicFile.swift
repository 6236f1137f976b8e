import Glibc

/// Writing of files that appear under their name whole or not at all.
package enum AtomicFile {
  /// Makes `path` another name of the file `source`, or a copy of it where `link` fails.
  ///
  /// - Parameter link: the system's function; tests pass another.
  package static func duplicate(
    _ source: String, as path: String, link: (String, String) -> Int32 = { Glibc.link($0, $1) }
  ) throws(CheckpointError) {
    try publish(path) { (temporary) throws(CheckpointError) in
      unlink(temporary)
      if link(source, temporary) != 0 { try copy(source, to: temporary, for: path) }
    }
  }

  /// The folder that a path stands in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The name under which a file is filled before it becomes `path`: hidden, in the same folder, with this
  /// process's number.
  static func temporary(for path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return "\(folder(of: path))/.\(name).tmp-\(getpid())"
  }

  /// Lets `fill` write and flush a file beside `path`, then renames it: a reader sees the old file or the new one,
  /// and a failure leaves the old one and nothing of the new.
  package static func publish(
    _ path: String, _ fill: (_ temporary: String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try requireReplaceable(path)
    let temporary = temporary(for: path)
    // Also after success: `rename` keeps both names where they already are one file.
    defer { unlink(temporary) }
    do throws(CheckpointError) {
      try fill(temporary)
      guard rename(temporary, path) == 0 else {
        throw CheckpointError(path, .unwritable(Descriptor.systemError()))
      }
    } catch {
      unlink(temporary)
      throw named(error, path)
    }
    try synchronizeFolder(of: path)
  }

  /// Refuses a device or a pipe, which a new file would replace; the system refuses to replace a folder.
  private static func requireReplaceable(_ path: String) throws(CheckpointError) {
    var status = stat()
    guard stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
      return
    }
    throw CheckpointError(
      path, .unwritable("it is not a regular file, which a new file would replace"))
  }

  /// Turns an error about the temporary file into one about `path`, and adds the free bytes of a full disk.
  private static func named(_ error: CheckpointError, _ path: String) -> CheckpointError {
    guard case .diskFull(let needed, nil) = error.reason else {
      return CheckpointError(path, error.reason)
    }
    return CheckpointError(path, .diskFull(needed: needed, free: Room(folder(of: path))?.free))
  }

  private static func copy(
    _ source: String, to temporary: String, for path: String
  ) throws(CheckpointError) {
    let input = try Descriptor.reading(source)
    let length = try input.length()
    let output = try Descriptor.creating(temporary)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try input.read(into: buffer)
      if count == 0 { break }
      try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), needed: length)
    }
    try output.synchronize(needed: length)
  }

  /// Refuses a file of `needed` bytes where the disk has less room.
  static func checkSpace(for needed: Int, at path: String) throws(CheckpointError) {
    guard let free = Room(folder(of: path))?.free, free < needed else { return }
    throw CheckpointError(path, .diskFull(needed: needed, free: free))
  }

  /// Flushes a folder, so that a new name survives a crash; file systems without need for it return `EINVAL`.
  private static func synchronizeFolder(of path: String) throws(CheckpointError) {
    let number = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else {
      throw CheckpointError(path, .unwritable(Descriptor.systemError()))
    }
    defer { close(number) }
    guard fsync(number) == 0 || errno == EINVAL else {
      throw CheckpointError(path, .unwritable(Descriptor.systemError()))
    }
  }
}
