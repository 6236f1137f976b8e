import CHDF5

/// The file format of checkpoints: HDF5 behind a header (``UserBlock``) with a checksum of every byte.
///
/// Equal contents give equal bytes: no time, folder, host or process is written.
///
/// The walk of an array from a file to memory:
///
/// ```
/// CheckpointFile.open         compares every byte with the checksum   Descriptor, UserBlock, Checksum
///   Checkpoint.read           asks for the elements of some arrays    ArraySelection
///     ReaderProcess           starts the reader's process, gives it sealed memory, seals its message
///       CheckpointReader      ── the reader's process: limits its own time and memory
///         ReaderWalk          visits names, kinds and shapes, and the elements of the wanted arrays
///           HDF5File          follows hard links only                 HDF5, HDF5Driver
///           Dataset           checks shape and storage, then reads    ElementKind
///         ReaderMessage       ── format and encoder of its answer
///     ReaderMessageDecoder    trusts no field; notes where each array's elements lie
/// ArrayFile.floats            checks kind and shape, copies the elements out of the message
/// ```
public enum CheckpointFile {
  /// Writes a checkpoint under `path`, whole or not at all.
  ///
  /// It is written beside `path`, flushed and renamed: a failure leaves the file from before, and nothing else.
  /// Beyond the memory of `body`, writing takes that of a few chunks.
  ///
  /// - Parameters:
  ///   - path: the file to make or replace.
  ///   - bytes: a lower bound of the file's size; where the disk has less room, nothing is written.
  ///   - body: writes the contents; names must not repeat.
  /// - Throws: `CheckpointError` naming `path`: not writable, disk full, or an error of `body`.
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
    HDF5.trim()
  }

  /// The version of the HDF5 library, such as `1.10.8`.
  ///
  /// The corresponding C function is `H5get_libversion`.
  public static var libraryVersion: String {
    var (major, minor, release) = (0 as UInt32, 0 as UInt32, 0 as UInt32)
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }

  /// Verifies every byte of a checkpoint and reads it.
  ///
  /// Another process parses the HDF5 structures (``CheckpointReader``): no file makes this one crash.
  ///
  /// - Parameters:
  ///   - path: the file; it may be replaced meanwhile.
  ///   - wanted: the arrays to read; their elements stay in memory as long as the result.
  /// - Throws: `CheckpointError` naming `path`: missing, unreadable, a folder, empty, cut short, foreign,
  ///   damaged, of a newer version, or refused for its contents.
  public static func open(
    _ path: String, reading wanted: ArraySelection = .all
  ) throws(CheckpointError) -> Checkpoint {
    try open(path, reading: wanted, by: CheckpointReader.program)
  }

  /// Reads an HDF5 file of any program, which another process parses as it does checkpoints. Where the file has a
  /// header, every byte is verified.
  ///
  /// - Parameters:
  ///   - path: the file; it may be replaced meanwhile.
  ///   - wanted: the arrays to read.
  /// - Throws: `CheckpointError` naming `path`, as ``open(_:reading:)`` does.
  public static func openForeign(
    _ path: String, reading wanted: ArraySelection
  ) throws(CheckpointError) -> Checkpoint {
    let start = try Descriptor.reading(path).bytes(UserBlock.hdf5Signature.count + 1, at: 0)
    let isPlain = start.dropFirst().starts(with: UserBlock.hdf5Signature)
    return try open(
      path, reading: wanted, by: CheckpointReader.program, hasHeader: !isPlain)
  }

  /// Opens a checkpoint with another reader or patience than the usual.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - wanted: the arrays to read.
  ///   - program: the program that reads it.
  ///   - patience: the program's time in seconds; by default enough for a busy disk.
  ///   - hasHeader: whether the file must begin with a header, by which it is verified.
  static func open(
    _ path: String, reading wanted: ArraySelection, by program: String, patience: Int? = nil,
    hasHeader: Bool = true
  ) throws(CheckpointError) -> Checkpoint {
    let file = try Descriptor.reading(path)
    if hasHeader { try verify(file, path) }
    let length = try file.length()
    var checkpoint = Checkpoint(
      file, of: path, length: length, by: program, patience: patience ?? 60 + length >> 22)
    try checkpoint.read(wanted)
    return checkpoint
  }

  /// Compares the header, the length and every byte with the header's checksums.
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

/// The arrays of a checkpoint to read; names, kinds and shapes of all arrays are read in any case.
public enum ArraySelection: Equatable, Sendable {
  /// Every array.
  case all
  /// The arrays of these names, in these groups, and in groups inside them.
  case groups([String])

  /// No array: names, kinds, shapes and attributes alone.
  public static var none: ArraySelection { .groups([]) }

  func includes(_ name: String) -> Bool {
    switch self {
    case .all: true
    case .groups(let groups): groups.contains { name == $0 || name.hasPrefix("\($0)/") }
    }
  }

  /// The selection as arguments of the reader's process.
  var words: [String] {
    switch self {
    case .all: ["/"]
    case .groups(let groups): groups
    }
  }

  init(words: [String]) {
    self = words == ["/"] ? .all : .groups(words)
  }
}
