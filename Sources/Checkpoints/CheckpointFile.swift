import CHDF5

/// The file format of checkpoints: HDF5 behind a header that has a checksum of every byte.
///
/// Equal contents give equal bytes: no time, folder, host or process is written.
public enum CheckpointFile {
  /// Writes a checkpoint under `path`, whole or not at all.
  ///
  /// It is written beside `path`, flushed and renamed: on failure the file that was there before is still
  /// there, and nothing else is left behind. Beside what `body` has, memory is needed for a few chunks.
  ///
  /// - Parameters:
  ///   - path: the file to make or replace.
  ///   - bytes: what the file will have at least; where there is less room, nothing is written.
  ///   - body: hands over the contents; names must not repeat.
  /// - Throws: `CheckpointError` naming `path`: not writable, disk full, or what `body` throws.
  public static func write(
    to path: String, bytes: Int = 0,
    _ body: (borrowing CheckpointWriter) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try AtomicFile.checkSpace(for: bytes, at: path)
    try AtomicFile.publish(path) { (temporary) throws(CheckpointError) in
      let writer = try CheckpointWriter(temporary, expecting: bytes)
      try body(writer)
      try writer.finish()
    }
    HDF5.alone { _ = H5garbage_collect() }
  }

  /// Opens a checkpoint for reading after a look at every byte of it.
  ///
  /// - Parameter path: the file to read; it may be replaced meanwhile.
  /// - Throws: `CheckpointError` naming `path`: missing, unreadable, a folder, empty, cut short,
  ///   foreign, damaged, or of a newer version.
  public static func open(_ path: String) throws(CheckpointError) -> HDF5File {
    while true {
      let descriptor = try Descriptor.reading(path)
      try verify(descriptor, path)
      let file = try HDF5File(reading: path)
      // Else the file was replaced after it was verified, and the new one is unknown.
      if try file.number() == FileNumber(of: descriptor.number) { return file }
    }
  }

  private static func verify(_ file: borrowing Descriptor, _ path: String) throws(CheckpointError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    let fileLength = try file.length()
    let head = UnsafeMutableRawBufferPointer(rebasing: buffer[..<UserBlock.size])
    let headCount = try file.read(into: head)
    let block = try UserBlock(Array(head[..<headCount]), of: path, fileLength: fileLength)
    var checksum = Checksum()
    var length = headCount
    while true {
      let count = try file.read(into: buffer)
      if count == 0 { break }
      checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      length += count
    }
    guard length == block.length else {
      throw CheckpointError(path, .truncated(found: length, expected: block.length))
    }
    guard checksum.value == block.checksum else {
      throw CheckpointError(path, .damaged("its contents do not match their checksum"))
    }
  }
}
