import Glibc
import Tensors

/// Floats in memory that all ranks of a host share. Once every rank has mapped the memory, rank 0
/// removes its name: the system frees it when the ranks end, however they end.
final class SharedMemory: @unchecked Sendable {
  let start: UnsafeMutablePointer<Float>
  private let bytes: Int
  private let descriptor: Int32

  /// The fewest values for which a barrier costs less than messages: a megabyte.
  static let worthwhile = 1 << 18

  private init(start: UnsafeMutablePointer<Float>, bytes: Int, descriptor: Int32) {
    self.start = start
    self.bytes = bytes
    self.descriptor = descriptor
  }

  deinit {
    munmap(start, bytes)
    close(descriptor)
  }

  /// Allocates `count` floats, zeros at first.
  ///
  /// The corresponding C functions are `shm_open` and `mmap`.
  ///
  /// - Returns: `nil` on every rank where the ranks run on several hosts or the host has too little
  ///   shared memory.
  static func make(
    count: Int, on session: borrowing Session
  ) throws(MPIError) -> SharedMemory? {
    let bytes = wholePages(max(count, 1) * MemoryLayout<Float>.stride)
    var name = "/tercet-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    var descriptor: Int32 = -1
    if session.rank == 0 {
      descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
      // Allocated now: a write to a page that the system does not have would end the process.
      if descriptor >= 0 && posix_fallocate(descriptor, 0, bytes) != 0 {
        close(descriptor)
        shm_unlink(name)
        descriptor = -1
      }
    }
    name = String(decoding: try session.broadcast(bytes: Array(name.utf8)), as: UTF8.self)
    if session.rank > 0 { descriptor = shm_open(name, O_RDWR, 0) }
    let memory = descriptor < 0 ? nil : SharedMemory(mapping: descriptor, bytes: bytes)
    if descriptor >= 0 && memory == nil { close(descriptor) }
    let everywhere = try session.agree(memory != nil)
    if session.rank == 0 { shm_unlink(name) }
    return everywhere ? memory : nil
  }

  private static let hugePage = 1 << 21

  /// Rounds up to whole pages, from the size of a huge page on to whole huge pages.
  private static func wholePages(_ bytes: Int) -> Int {
    let page = bytes < hugePage ? 1 << 12 : hugePage
    return (bytes + page - 1) / page * page
  }

  /// Maps a file of shared memory at a multiple of the size of a huge page.
  private convenience init?(mapping descriptor: Int32, bytes: Int) {
    let reserved = bytes + Self.hugePage
    let range = mmap(nil, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let range, range != MAP_FAILED else { return nil }
    let offset = -Int(bitPattern: range) & (Self.hugePage - 1)
    let start = range + offset
    let pages = mmap(start, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, 0)
    guard pages != MAP_FAILED else {
      munmap(range, reserved)
      return nil
    }
    if offset > 0 { munmap(range, offset) }
    munmap(start + bytes, Self.hugePage - offset)
    self.init(
      start: start.bindMemory(to: Float.self, capacity: bytes / 4), bytes: bytes,
      descriptor: descriptor)
  }

  /// Copies floats to `target`, by `pread`: pages that this rank has not touched are not mapped for it.
  func copy(_ floats: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    let stride = MemoryLayout<Float>.stride
    let (first, bytes) = (floats.lowerBound * stride, floats.count * stride)
    let target = UnsafeMutableRawPointer(target)
    var done = 0
    while done < bytes {
      let read = pread(descriptor, target + done, bytes - done, first + done)
      guard read > 0 else { break }
      done += read
    }
    memcpy(target + done, UnsafeRawPointer(start) + first + done, bytes - done)
  }

  /// Puts the floats that this rank will touch on huge pages, with their neighbours on these pages.
  ///
  /// Most systems give shared memory huge pages only on this request. Where none are free, or the
  /// system is older than Linux 6.1, the floats stay on small pages.
  func useHugePages(_ floats: Range<Int>) {
    guard bytes >= Self.hugePage, !floats.isEmpty else { return }
    let first = floats.lowerBound * 4 / Self.hugePage * Self.hugePage
    let last = Self.wholePages(max(floats.upperBound * 4, Self.hugePage))
    madvise(UnsafeMutableRawPointer(start) + first, last - first, Self.collapse)
  }

  /// `MADV_COLLAPSE`, which the C library's header does not name yet.
  private static let collapse: Int32 = 25
}
