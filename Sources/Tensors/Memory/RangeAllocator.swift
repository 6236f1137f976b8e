import Glibc

/// Allocates large runs of floats from one range of addresses. Free neighbours are joined, so that the range
/// serves runs of any size: minibatches differ in the sizes that they need. An address takes no memory until
/// something is written to it.
struct RangeAllocator {
  /// Floats of the whole range: as many as fit the machine's memory.
  private static let capacity = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4

  private var base: UnsafeMutablePointer<Float>?
  /// Floats, from the first on, that have been made readable and writable.
  private var end = 0
  /// Free ranges by address, no two of them adjacent.
  private var free: [Range<Int>] = []

  /// Runs begin on pages.
  static func rounded(_ count: Int) -> Int { (count + 1023) & ~1023 }

  /// An uninitialised run of `count` floats, a multiple of a page.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let base = base ?? reserve()
    if let place = free.firstIndex(where: { $0.count >= count }) {
      return base + cut(count, from: place)
    }
    grow(by: count)
    return base + cut(count, from: free.count - 1)
  }

  /// Takes back a run of `count` floats.
  mutating func give(_ run: UnsafeMutablePointer<Float>, _ count: Int) {
    guard let base else { preconditionFailure("a run of another allocator") }
    insert(run - base..<run - base + count)
  }

  /// Returns the memory of free runs to the system and keeps their addresses.
  func trim() {
    guard let base else { return }
    for range in free { madvise(base + range.lowerBound, range.count * 4, MADV_DONTNEED) }
  }

  /// Returns the whole range to the system.
  func deallocate() {
    if let base { munmap(base, Self.capacity * 4) }
  }

  private mutating func reserve() -> UnsafeMutablePointer<Float> {
    let range = mmap(
      nil, Self.capacity * 4, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let range, range != MAP_FAILED else {
      preconditionFailure("no addresses for \(Self.capacity) floats; raise 'ulimit -v'")
    }
    madvise(range, Self.capacity * 4, MADV_HUGEPAGE)
    let start = range.bindMemory(to: Float.self, capacity: Self.capacity)
    base = start
    return start
  }

  /// Lengthens the last free range to `count` floats.
  private mutating func grow(by count: Int) {
    let last = free.last.map { $0.upperBound == end ? $0.count : 0 } ?? 0
    let hugePage = 1 << 19
    let more = (count - last + hugePage - 1) / hugePage * hugePage
    guard let base, end + more <= Self.capacity,
      mprotect(base + end, more * 4, PROT_READ | PROT_WRITE) == 0
    else { preconditionFailure("no memory for \(count) floats beside \(end)") }
    insert(end..<end + more)
    end += more
  }

  private mutating func cut(_ count: Int, from place: Int) -> Int {
    let start = free[place].lowerBound
    if free[place].count == count {
      free.remove(at: place)
    } else {
      free[place] = start + count..<free[place].upperBound
    }
    return start
  }

  private mutating func insert(_ range: Range<Int>) {
    let place = free.firstIndex { $0.lowerBound >= range.upperBound } ?? free.count
    free.insert(range, at: place)
    join(place)
    if place > 0 { join(place - 1) }
  }

  /// Joins a free range with the next one if they touch.
  private mutating func join(_ place: Int) {
    guard place + 1 < free.count, free[place].upperBound == free[place + 1].lowerBound else {
      return
    }
    free[place] = free[place].lowerBound..<free[place + 1].upperBound
    free.remove(at: place + 1)
  }
}
