import CHDF5

/// The file that a checkpoint is written to or read from, as HDF5 sees it: a driver of the library.
///
/// When the system refuses a write, the first error is kept for ``check()``, nothing more is written, and
/// the library is told that all went well. It then closes the file like any other; what it cannot flush
/// it would hold, and the file with it, until the process ends.
final class HDF5Driver {
  private let descriptor: Descriptor
  /// Bytes that the finished file has at least, for errors.
  private let expected: Int
  private var failure: CheckpointError?
  /// Where the library's last allocation ends, and the last byte that it wrote.
  private var allocated: haddr_t = 0
  private var length: haddr_t = 0

  /// Makes an empty file.
  init(_ path: String, expecting expected: Int) throws(CheckpointError) {
    descriptor = try Descriptor.creating(path)
    self.expected = expected
  }

  /// Takes a file that is open for reading; the library could not open it again once it has lost its name.
  init(reading descriptor: consuming Descriptor) throws(CheckpointError) {
    length = haddr_t(try descriptor.length())
    self.descriptor = descriptor
    expected = 0
  }

  private var needed: Int { max(expected, Int(clamping: allocated)) }

  /// Throws what went wrong so far.
  func check() throws(CheckpointError) {
    if let failure { throw failure }
  }

  /// Puts the header before what the library wrote and closed, and waits until the disk has the file.
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
  /// What the library holds of an open file: its own part and the file, retained.
  private struct Opened {
    var library = H5FD_t()
    let file: Unmanaged<HDF5Driver>
  }

  /// The file behind the library's pointer.
  private static func file(_ opened: UnsafePointer<H5FD_t>?) -> HDF5Driver {
    guard let opened else { preconditionFailure("no open file") }
    return UnsafeRawPointer(opened).load(as: Opened.self).file.takeUnretainedValue()
  }

  /// Has files of these access properties written here.
  func drive(_ access: borrowing Handle, of path: String) throws(CheckpointError) {
    var this = Unmanaged.passUnretained(self)
    var functions = Self.functions()
    let driver = try Handle("H5FDregister", of: path, closedBy: H5FDunregister) {
      H5FDregister(&functions)
    }
    try HDF5.call("H5Pset_driver", of: path) { H5Pset_driver(access.id, driver.id, &this) }
  }

  /// What the library calls.
  private static func functions() -> H5FD_class_t {
    var driver = H5FD_class_t()
    let name: StaticString = "tercet"
    driver.name = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    driver.maxaddr = haddr_t(Int64.max)
    driver.fc_degree = H5F_CLOSE_WEAK
    driver.fapl_size = MemoryLayout<Unmanaged<HDF5Driver>>.size
    // Metadata is gathered apart from the numbers of arrays, as in the library's own drivers.
    let (around, numbers) = (H5FD_MEM_SUPER, H5FD_MEM_DRAW)
    driver.fl_map = (around, around, around, numbers, numbers, around, around)
    driver.query = { _, flags in
      flags?.pointee = UInt(
        H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
          | H5FD_FEAT_AGGREGATE_SMALLDATA)
      return 0
    }
    addLife(to: &driver)
    addContents(to: &driver)
    return driver
  }

  private static func addLife(to driver: inout H5FD_class_t) {
    driver.open = { _, _, access, _ in
      guard let this = H5Pget_driver_info(access)?.load(as: Unmanaged<HDF5Driver>.self) else {
        return nil
      }
      let opened = UnsafeMutablePointer<Opened>.allocate(capacity: 1)
      opened.initialize(to: Opened(file: this.retain()))
      return UnsafeMutableRawPointer(opened).assumingMemoryBound(to: H5FD_t.self)
    }
    driver.close = { opened in
      guard let opened else { return -1 }
      let memory = UnsafeMutableRawPointer(opened).assumingMemoryBound(to: Opened.self)
      memory.pointee.file.release()
      memory.deallocate()
      return 0
    }
  }

  private static func addContents(to driver: inout H5FD_class_t) {
    driver.get_eoa = { opened, _ in HDF5Driver.file(opened).allocated }
    driver.set_eoa = { opened, _, end in
      HDF5Driver.file(opened).allocated = end
      return 0
    }
    driver.get_eof = { opened, _ in HDF5Driver.file(opened).length }
    driver.read = { opened, _, _, address, count, buffer in
      let buffer = UnsafeMutableRawBufferPointer(start: buffer, count: count)
      return HDF5Driver.file(opened).read(buffer, at: address)
    }
    driver.write = { opened, _, _, address, count, bytes in
      HDF5Driver.file(opened).write(UnsafeRawBufferPointer(start: bytes, count: count), at: address)
      return 0
    }
    driver.truncate = { opened, _, _ in
      HDF5Driver.file(opened).truncate()
      return 0
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at address: haddr_t) {
    attempt { () throws(CheckpointError) in
      try descriptor.write(bytes, at: Int(address), needed: needed)
    }
    length = max(length, address + haddr_t(bytes.count))
  }

  /// What lies beyond the end of the file is zeros.
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
