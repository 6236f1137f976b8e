import Glibc

/// Files that appear under their name whole or not at all.
package enum AtomicFile {
  /// Makes `path` another name of the file `source`, or a copy of it where `link` cannot.
  ///
  /// The corresponding C function is `link`.
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

  /// The name of the file that is filled before it becomes `path`: hidden, beside it, with the
  /// number of this process.
  static func temporary(for path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return "\(folder(of: path))/.\(name).tmp-\(getpid())"
  }

  /// Has `fill` make a file beside `path` and bring it to disk, and only then gives it its name, so that a
  /// reader sees the old file or the new one; a failure leaves the old one and nothing of the new.
  package static func publish(
    _ path: String, _ fill: (_ temporary: String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let temporary = temporary(for: path)
    // Also when all went well: `rename` leaves both names where they already are one file.
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

  /// An error about the temporary file as one about `path`, with what the disk has free.
  private static func named(_ error: CheckpointError, _ path: String) -> CheckpointError {
    guard case .diskFull(let needed, nil) = error.reason else {
      return CheckpointError(path, error.reason)
    }
    return CheckpointError(path, .diskFull(needed: needed, free: freeBytes(at: folder(of: path))))
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

  /// Refuses what cannot fit before a byte is written.
  static func checkSpace(for needed: Int, at path: String) throws(CheckpointError) {
    guard let free = freeBytes(at: folder(of: path)), free < needed else { return }
    throw CheckpointError(path, .diskFull(needed: needed, free: free))
  }

  /// The bytes that this user may still write in a folder; nil where the system does not say.
  private static func freeBytes(at folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
    let blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail
    return Int(clamping: blocks.multipliedReportingOverflow(by: status.f_frsize).partialValue)
  }

  /// Makes a new name last; some file systems have nothing to do for it and say `EINVAL`.
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
