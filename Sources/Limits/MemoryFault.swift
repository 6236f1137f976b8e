import CGlibc
import Glibc

/// The end of a process whose own code or a library's falls over memory that the system refuses: one line in place
/// of a trap.
///
/// Swift traps where an allocation fails, C++ aborts, and C may follow a null pointer. In all three the thread's
/// `errno` is still the allocation's. A page of a shared file that the file system has no room for is a `SIGBUS`.
package enum MemoryFault {
  /// The signals of such ends.
  private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS]

  /// From now on the process ends so; other faults end it as before.
  package static func watch() {
    guard speaker.count == 0 else { return }
    speaker.add(Refusal.speaker)
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = answer
    action.sa_flags = SA_SIGINFO
    for signal in signals { sigaction(signal, &action, earlier + Int(signal)) }
    hearRuntime()
  }

  /// Replaces the C library's standard error by one that keeps back what Swift's runtime says of a failed allocation
  /// before it traps, and notes the bytes.
  private static func hearRuntime() {
    var functions = tercet_stream_functions()
    functions.write = { _, bytes, count in
      guard let bytes else { return 0 }
      asked = bytesAsked(UnsafeRawBufferPointer(start: bytes, count: count))
      return asked > 0 ? count : write(STDERR_FILENO, bytes, count)
    }
    guard let stream = fopencookie(nil, "w", functions) else { return }
    setvbuf(stream, nil, _IONBF, 0)
    tercet_replace_stderr(stream)
  }
}

/// The bytes of the allocation whose failure a text tells of, in the words of Swift's runtime; 0 for other texts.
private func bytesAsked(_ text: UnsafeRawBufferPointer) -> Int {
  let words: StaticString = "Fatal error: failed to allocate "
  let count = words.utf8CodeUnitCount
  guard text.count > count, let start = text.baseAddress,
    memcmp(start, words.utf8Start, count) == 0
  else { return 0 }
  return text[count...].prefix { 48...57 ~= $0 }.reduce(0) { $0 &* 10 &+ Int($1 - 48) }
}

/// A line that is made without asking for memory.
private struct Line {
  private static let capacity = 1024
  private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private(set) var count = 0

  mutating func add(_ text: String) {
    for byte in text.utf8.prefix(Self.capacity / 2) { add(byte) }
  }

  mutating func add(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { add(text.utf8Start[index]) }
  }

  mutating func add(_ number: Int) {
    if number > 9 { add(number / 10) }
    add(UInt8(48 + number % 10))
  }

  private mutating func add(_ byte: UInt8) {
    guard count < Self.capacity else { return }
    bytes[count] = byte
    count += 1
  }

  func write() { _ = Glibc.write(STDERR_FILENO, bytes, count) }
}

/// The beginning of the line, made by ``MemoryFault/watch()``.
private nonisolated(unsafe) var speaker = Line()
/// The bytes of the allocation that Swift's runtime has failed to make; 0 where it has said nothing.
private nonisolated(unsafe) var asked = 0
/// What the signals did before, by number.
private nonisolated(unsafe) let earlier = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

/// The handler.
private func answer(
  _ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
) {
  let (code, line) = (errno, speaker)
  if asked > 0 { endForMemory(line) }
  if signal == SIGBUS && info?.pointee.si_code == CInt(BUS_ADRERR) {
    endForSharedMemory(line)
  } else if code == ENOMEM {
    endForMemory(line)
  } else {
    sigaction(signal, earlier + Int(signal), nil)
  }
}

private func endForMemory(_ line: Line) -> Never {
  Refusal.claim()
  var line = line
  line.add("no memory")
  if asked > 0 {
    line.add(" for ")
    line.add(asked)
    line.add(" bytes")
  }
  line.add(" beside ")
  line.add(SystemLimit.addressesTaken / 1024)
  line.add(" kB of addresses: ")
  if let limit = SystemLimit.addresses.value {
    line.add("'ulimit -v' is ")
    line.add(limit / 1024)
  } else if let limit = SystemLimit.data.value {
    line.add("'ulimit -d' is ")
    line.add(limit / 1024)
  } else {
    line.add("the machine has ")
    line.add(sysconf(Int32(_SC_PHYS_PAGES)) * (sysconf(Int32(_SC_PAGESIZE)) / 1024))
    line.add(" kB")
  }
  line.add("; raise the limit, or lower batch.size, threads or the model's widths\n")
  line.write()
  _exit(Refusal.status)
}

private func endForSharedMemory(_ line: Line) -> Never {
  Refusal.claim()
  var (line, room) = (line, statvfs())
  line.add("no room for a page of shared memory: /dev/shm has ")
  if statvfs("/dev/shm", &room) == 0 {
    line.add(Int(room.f_bavail) * Int(room.f_frsize) / 1024)
    line.add(" kB of ")
    line.add(Int(room.f_blocks) * Int(room.f_frsize) / 1024)
  } else {
    line.add("0")
  }
  line.add(" kB left; enlarge it, as with: mount -o remount,size=1G /dev/shm\n")
  line.write()
  _exit(Refusal.status)
}
