import Glibc
import Limits

/// Allocates large runs of floats from one range of addresses. Free neighbours are joined, so that the range
/// serves runs of any size: minibatches differ in the sizes that they need. An address takes no memory until
/// something is written to it. Where the system limits a process's addresses, several smaller ranges are taken, one
/// after another.
struct RangeAllocator {
  /// Floats of the whole range: as many as fit the machine's memory.
  private static let capacity = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4
  private static let hugePage = 1 << 19

  // Floats are counted from address 0.
  /// The ranges, of which the last one grows.
  private var reserved: [Range<Int>] = []
  /// The end of the floats of the last range that have been made readable and writable.
  private var end = 0
  /// Free ranges by address, no two of them adjacent.
  private var free: [Range<Int>] = []

  /// Runs begin on pages.
  static func rounded(_ count: Int) -> Int { (count + 1023) & ~1023 }

  /// An uninitialised run of `count` floats, a multiple of a page.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let place = free.firstIndex(where: { $0.count >= count }) { return cut(count, from: place) }
    grow(by: count)
    guard let place = free.firstIndex(where: { $0.upperBound == end }) else {
      preconditionFailure("no free range of \(count) floats")
    }
    return cut(count, from: place)
  }

  /// Takes back a run of `count` floats.
  mutating func give(_ run: UnsafeMutablePointer<Float>, _ count: Int) {
    let start = Int(bitPattern: run) / 4
    precondition(reserved.contains { $0.contains(start) }, "a run of another allocator")
    insert(start..<start + count)
  }

  /// Returns the memory of free runs to the system and keeps their addresses.
  func trim() {
    for range in free { madvise(Self.pointer(range.lowerBound), range.count * 4, MADV_DONTNEED) }
  }

  /// Returns all ranges to the system.
  func deallocate() {
    for range in reserved { munmap(Self.pointer(range.lowerBound), range.count * 4) }
  }

  private static func pointer(_ float: Int) -> UnsafeMutablePointer<Float> {
    guard let pointer = UnsafeMutablePointer<Float>(bitPattern: float * 4) else {
      preconditionFailure("no address")
    }
    return pointer
  }

  /// Takes a new range for `count` floats and more, and gives back what the last one has not grown into.
  private mutating func reserve(_ count: Int) {
    if let last = reserved.popLast() {
      munmap(Self.pointer(end), (last.upperBound - end) * 4)
      reserved.append(last.lowerBound..<end)
    }
    // Others need addresses too, such as the pools of other threads.
    let share = SystemLimit.addressesLeft.map { $0 / 4 / 8 / Self.hugePage * Self.hugePage }
    let size = max(count, min(share ?? Self.capacity, Self.capacity))
    let range = mmap(
      nil, size * 4, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let range, range != MAP_FAILED else { Refusal.memory(count * 4) }
    madvise(range, size * 4, MADV_HUGEPAGE)
    end = Int(bitPattern: range) / 4
    reserved.append(end..<end + size)
  }

  /// Lengthens the free range before `end` to `count` floats.
  private mutating func grow(by count: Int) {
    func missing() -> Int {
      let last = free.first { $0.upperBound == end }?.count ?? 0
      return (count - last + Self.hugePage - 1) / Self.hugePage * Self.hugePage
    }
    if end + missing() > reserved.last?.upperBound ?? 0 { reserve(count + Self.hugePage) }
    let more = missing()
    guard mprotect(Self.pointer(end), more * 4, PROT_READ | PROT_WRITE) == 0 else {
      Refusal.memory(more * 4)
    }
    insert(end..<end + more)
    end += more
  }

  private mutating func cut(_ count: Int, from place: Int) -> UnsafeMutablePointer<Float> {
    let start = free[place].lowerBound
    if free[place].count == count {
      free.remove(at: place)
    } else {
      free[place] = start + count..<free[place].upperBound
    }
    return Self.pointer(start)
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
