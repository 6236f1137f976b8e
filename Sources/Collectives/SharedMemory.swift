import Glibc
import Tensors

/// Floats that all ranks of a host see. The name that ranks find them by is gone once all have: after that
/// nothing is left behind when they end, however they end.
final class SharedMemory {
  let start: UnsafeMutablePointer<Float>
  private let bytes: Int

  private init(start: UnsafeMutablePointer<Float>, bytes: Int) {
    self.start = start
    self.bytes = bytes
  }

  deinit { munmap(start, bytes) }

  /// Makes room for `count` floats, zeros at first; `nil` on every rank where the ranks are on several
  /// hosts or the host has too little shared memory.
  static func make(
    count: Int, on session: borrowing Session
  ) throws(MPIError) -> SharedMemory? {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    var name = "/tercet-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    var descriptor: Int32 = -1
    if session.rank == 0 {
      descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
      // Pages that the system does not have would end the process when they are written to.
      if descriptor >= 0 && posix_fallocate(descriptor, 0, bytes) != 0 {
        close(descriptor)
        shm_unlink(name)
        descriptor = -1
      }
    }
    name = String(decoding: try session.broadcast(bytes: Array(name.utf8)), as: UTF8.self)
    if session.rank > 0 { descriptor = shm_open(name, O_RDWR, 0) }
    let pages =
      descriptor < 0
      ? nil : mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    if descriptor >= 0 { close(descriptor) }
    let isMapped = pages != nil && pages != MAP_FAILED
    let everywhere = try session.agree(isMapped)
    if session.rank == 0 { shm_unlink(name) }
    guard let pages, isMapped else { return nil }
    let memory = SharedMemory(
      start: pages.bindMemory(to: Float.self, capacity: max(count, 1)), bytes: bytes)
    return everywhere ? memory : nil
  }
}
