import CHDF5

/// A file driver of the HDF5 library: it does the library's input and output for one file.
///
/// When the system refuses a write, the driver keeps the first error for ``check()``, writes nothing more and
/// reports success. The library then closes the file like any other; told of the failure it would hold its unflushed
/// data, and the file with them, until the process ends.
final class HDF5Driver {
  private let descriptor: Descriptor
  /// A lower bound of the finished file's size in bytes, for errors.
  private let expected: Int
  private var failure: CheckpointError?
  /// The end of the library's last allocation.
  private var allocated: haddr_t = 0
  /// The end of the file, as far as it was written.
  private var length: haddr_t = 0

  /// Makes an empty file for writing.
  ///
  /// - Parameter expected: a lower bound of its finished size in bytes.
  init(_ path: String, expecting expected: Int) throws(CheckpointError) {
    descriptor = try Descriptor.creating(path)
    self.expected = expected
  }

  /// Takes over a file that is open for reading: it may have lost its name, by which the library would open it.
  init(reading descriptor: consuming Descriptor) throws(CheckpointError) {
    length = haddr_t(try descriptor.length())
    self.descriptor = descriptor
    expected = 0
  }

  private var needed: Int { max(expected, Int(clamping: allocated)) }

  /// Throws the first error, if there was one.
  func check() throws(CheckpointError) {
    if let failure { throw failure }
  }

  /// Writes the header before the library's closed file, and flushes both to disk.
  func seal() throws(CheckpointError) {
    try check()
    var checksum = Checksum()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var offset = UserBlock.size
    while true {
      let count = try descriptor.read(into: buffer, at: offset)
      if count == 0 { break }
      checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += count
    }
    let block = UserBlock(length: offset, checksum: checksum.value)
    try block.bytes.withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
      try descriptor.write(UnsafeRawBufferPointer(bytes), at: 0, needed: offset)
    }
    try descriptor.synchronize(needed: offset)
  }

  /// Runs a write, unless one has failed before, and keeps its error.
  private func attempt(_ body: () throws(CheckpointError) -> Void) {
    guard failure == nil else { return }
    do throws(CheckpointError) {
      try body()
    } catch {
      failure = error
    }
  }
}

extension HDF5Driver {
  /// The library's record of an open file: its own part, then the driver, retained.
  private struct Opened {
    var library = H5FD_t()
    let driver: Unmanaged<HDF5Driver>
  }

  /// The driver behind the library's pointer.
  private static func driver(_ opened: UnsafePointer<H5FD_t>?) -> HDF5Driver {
    guard let opened else { preconditionFailure("no open file") }
    return UnsafeRawPointer(opened).load(as: Opened.self).driver.takeUnretainedValue()
  }

  /// Makes the library open files of these access properties through this driver.
  func drive(_ access: borrowing Handle, of path: String) throws(CheckpointError) {
    var this = Unmanaged.passUnretained(self)
    var functions = Self.functions()
    let driver = try Handle("H5FDregister", of: path, closedBy: H5FDunregister) {
      H5FDregister(&functions)
    }
    try HDF5.call("H5Pset_driver", of: path) { H5Pset_driver(access.id, driver.id, &this) }
  }

  /// The table of functions that the library calls.
  private static func functions() -> H5FD_class_t {
    var table = H5FD_class_t()
    let name: StaticString = "tercet"
    table.name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    table.maxaddr = haddr_t(Int64.max)
    table.fc_degree = H5F_CLOSE_WEAK
    table.fapl_size = MemoryLayout<Unmanaged<HDF5Driver>>.size
    // Metadata is gathered apart from the numbers of arrays, as in the library's own drivers.
    let (around, numbers) = (H5FD_MEM_SUPER, H5FD_MEM_DRAW)
    table.fl_map = (around, around, around, numbers, numbers, around, around)
    table.query = { _, flags in
      flags?.pointee = UInt(
        H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
          | H5FD_FEAT_AGGREGATE_SMALLDATA)
      return 0
    }
    addOpening(to: &table)
    addContents(to: &table)
    return table
  }

  private static func addOpening(to table: inout H5FD_class_t) {
    table.open = { _, _, access, _ in
      guard let this = H5Pget_driver_info(access)?.load(as: Unmanaged<HDF5Driver>.self) else {
        return nil
      }
      let opened = UnsafeMutablePointer<Opened>.allocate(capacity: 1)
      opened.initialize(to: Opened(driver: this.retain()))
      return UnsafeMutableRawPointer(opened).assumingMemoryBound(to: H5FD_t.self)
    }
    table.close = { opened in
      guard let opened else { return -1 }
      let memory = UnsafeMutableRawPointer(opened).assumingMemoryBound(to: Opened.self)
      memory.pointee.driver.release()
      memory.deallocate()
      return 0
    }
  }

  private static func addContents(to table: inout H5FD_class_t) {
    table.get_eoa = { opened, _ in HDF5Driver.driver(opened).allocated }
    table.set_eoa = { opened, _, end in
      HDF5Driver.driver(opened).allocated = end
      return 0
    }
    table.get_eof = { opened, _ in HDF5Driver.driver(opened).length }
    table.read = { opened, _, _, address, count, buffer in
      let buffer = UnsafeMutableRawBufferPointer(start: buffer, count: count)
      return HDF5Driver.driver(opened).read(buffer, at: address)
    }
    table.write = { opened, _, _, address, count, bytes in
      HDF5Driver.driver(opened).write(
        UnsafeRawBufferPointer(start: bytes, count: count), at: address)
      return 0
    }
    table.truncate = { opened, _, _ in
      HDF5Driver.driver(opened).truncate()
      return 0
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at address: haddr_t) {
    attempt { () throws(CheckpointError) in
      try descriptor.write(bytes, at: Int(address), needed: needed)
    }
    length = max(length, address + haddr_t(bytes.count))
  }

  /// Reads bytes; beyond the end of the file they are zeros.
  private func read(_ buffer: UnsafeMutableRawBufferPointer, at address: haddr_t) -> herr_t {
    do throws(CheckpointError) {
      let count = try descriptor.read(into: buffer, at: Int(address))
      buffer[count...].initializeMemory(as: UInt8.self, repeating: 0)
      return 0
    } catch {
      return -1
    }
  }

  private func truncate() {
    attempt { () throws(CheckpointError) in
      try descriptor.truncate(to: Int(allocated), needed: needed)
    }
    length = allocated
  }
}
