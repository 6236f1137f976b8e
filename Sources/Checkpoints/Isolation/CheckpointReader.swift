import Glibc
import Synchronization

/// Reads checkpoints in a process of its own, since the HDF5 library crashes on some files that were made to
/// harm, whatever their checksum.
///
/// `CheckpointFile.open` starts the process. Its program is the one that calls it, if that serves; else
/// `tercet` in the folder of that program.
public enum CheckpointReader {
  /// The name that the program is started by when it is to read: no user gives it one.
  static let name = "tercet-checkpoint-reader"
  /// What the process has open from its start: checkpoint and transcript.
  static let (checkpoint, transcript) = (3 as Int32, 4 as Int32)
  private static let serves = Atomic(false)

  /// The first statement of a program that serves: where it was started to read a checkpoint it does that and
  /// ends.
  public static func serveIfAsked() {
    serves.store(true, ordering: .relaxed)
    let words = CommandLine.arguments
    if words.first == name { serve(ArraySelection(words: Array(words.dropFirst()))) }
  }

  /// The path of the program that reads.
  static var program: String {
    let this = "/proc/self/exe"
    if serves.load(ordering: .relaxed) { return this }
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink(this, &path, path.count))
    let text = String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "\(AtomicFile.folder(of: text))/tercet"
  }

  /// The process leaves without the library's own end, which could stumble over the file.
  private static func serve(_ wanted: ArraySelection) -> Never {
    var status = stat()
    guard fstat(transcript, &status) == 0 else { _exit(EX_OSFILE) }
    let count = Int(status.st_size)
    limit(for: count)
    guard
      let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, transcript, 0),
      start != MAP_FAILED
    else { _exit(EX_OSERR) }
    ReaderWalk.run(
      Descriptor.taking(checkpoint, "checkpoint"), wanted,
      into: UnsafeMutableRawBufferPointer(start: start, count: count))
    _exit(EX_OK)
  }

  /// Allows no more time and memory than a file of `bytes` needs, beside what the process has already.
  private static func limit(for bytes: Int) {
    func set(_ kind: __rlimit_resource, _ soft: Int, _ hard: Int) {
      var limit = rlimit(rlim_cur: rlim_t(soft), rlim_max: rlim_t(hard))
      _ = setrlimit(__rlimit_resource_t(kind.rawValue), &limit)
    }
    let seconds = 2 + bytes >> 24
    set(RLIMIT_CPU, seconds, seconds + 1)
    set(RLIMIT_AS, addressSpace + 64 << 20 + 4 * bytes, addressSpace + 64 << 20 + 4 * bytes)
    set(RLIMIT_FSIZE, 0, 0)
    set(RLIMIT_CORE, 0, 0)
  }

  /// What the process has of addresses, in bytes, shared libraries included.
  private static var addressSpace: Int {
    guard let file = fopen("/proc/self/statm", "re") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    return (strtol(line, nil, 10)) * Int(getpagesize())
  }
}
