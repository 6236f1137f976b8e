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
    HDF5.rest()
  }

  /// Reads a checkpoint after a look at every byte of it.
  ///
  /// Another process takes its HDF5 structures apart (``CheckpointReader``): no file makes this one crash.
  ///
  /// - Parameters:
  ///   - path: the file to read; it may be replaced meanwhile.
  ///   - wanted: the arrays whose numbers are wanted; they are in memory as long as the result is.
  /// - Throws: `CheckpointError` naming `path`: missing, unreadable, a folder, empty, cut short, foreign,
  ///   damaged, of a newer version, or with contents that are refused.
  public static func open(
    _ path: String, reading wanted: ArraySelection = .all
  ) throws(CheckpointError) -> Checkpoint {
    try open(path, reading: wanted, by: CheckpointReader.program)
  }

  /// - Parameters:
  ///   - program: reads the file.
  ///   - patience: seconds that it has; by default such as a disk takes that others keep busy.
  static func open(
    _ path: String, reading wanted: ArraySelection, by program: String, patience: Int? = nil
  ) throws(CheckpointError) -> Checkpoint {
    let file = try Descriptor.reading(path)
    try verify(file, path)
    let length = try file.length()
    var checkpoint = Checkpoint(
      file, of: path, length: length, by: program, patience: patience ?? 60 + length >> 22)
    try checkpoint.read(wanted)
    return checkpoint
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
