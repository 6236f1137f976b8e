import Glibc
import Limits

/// A run of floats shared by matrices; returned to its pool or to the system with the last of them.
final class Storage {
  let base: UnsafeMutablePointer<Float>
  private let owner: Owner

  /// Where the floats return to.
  enum Owner {
    case pool(MatrixPool, capacity: Int)
    /// The system, as whole pages.
    case system(bytes: Int)
    /// Memory owned elsewhere; the object, if any, keeps its owner alive.
    case elsewhere(AnyObject?)
  }

  init(base: UnsafeMutablePointer<Float>, owner: Owner) {
    self.base = base
    self.owner = owner
  }

  deinit {
    switch owner {
    case .pool(let pool, let capacity): pool.give(base, capacity: capacity)
    case .system(let bytes): munmap(base, bytes)
    case .elsewhere: break
    }
  }

  /// Zeros. A large run takes no memory until something is written to it.
  static func zeros(_ count: Int) -> Storage {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else { Refusal.memory(bytes) }
    useHugePages(pages, bytes)
    return Storage(
      base: pages.bindMemory(to: Float.self, capacity: max(count, 1)),
      owner: .system(bytes: bytes))
  }

  /// Uninitialised memory, to be freed by ``free(_:)``; a large run lies in huge pages, which cost fewer page faults
  /// and TLB misses.
  static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    guard let memory = aligned_alloc(bytes >= hugePage ? hugePage : 64, bytes) else {
      Refusal.memory(bytes)
    }
    useHugePages(memory, bytes)
    return memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  static func free(_ run: UnsafeMutablePointer<Float>) { Glibc.free(run) }

  private static let hugePage = 1 << 21

  /// Asks for huge pages for runs of at least one. A smaller run would share a huge page with its neighbours, and
  /// the whole page would take memory.
  private static func useHugePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes >= hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
  }
}
