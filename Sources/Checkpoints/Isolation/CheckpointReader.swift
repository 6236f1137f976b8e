import Glibc
import Limits
import Synchronization

/// The process that has HDF5 read a checkpoint: forged files can crash the library, whatever their checksum.
///
/// ``CheckpointFile/open(_:reading:)`` starts it. It runs the calling program if that serves (``serveIfAsked()``),
/// else `tercet` in the folder of the calling program.
public enum CheckpointReader {
  /// The name, argument 0, that a program is started by to read; users never start one by it.
  static let name = "tercet-checkpoint-reader"
  /// The descriptors that are open from the start: the checkpoint, and memory for the message.
  static let (checkpoint, message) = (3 as Int32, 4 as Int32)
  private static let serves = Atomic(false)

  /// Reads a checkpoint and ends the process, if it was started to do so; else returns.
  ///
  /// Call it in the first statement of a program that opens checkpoints.
  public static func serveIfAsked() {
    serves.store(true, ordering: .relaxed)
    let words = CommandLine.arguments
    if words.first == name { serve(ArraySelection(words: Array(words.dropFirst()))) }
  }

  /// The path of the program to start.
  static var program: String {
    let this = "/proc/self/exe"
    if serves.load(ordering: .relaxed) { return this }
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink(this, &path, path.count))
    let text = String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "\(AtomicFile.folder(of: text))/tercet"
  }

  /// Reads and leaves at once: the library's own clean-up could crash over the file.
  private static func serve(_ wanted: ArraySelection) -> Never {
    var status = stat()
    guard fstat(message, &status) == 0 else { _exit(EX_OSFILE) }
    let count = Int(status.st_size)
    limit(for: count)
    guard
      let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, message, 0),
      start != MAP_FAILED
    else { _exit(EX_OSERR) }
    ReaderWalk.run(
      Descriptor.taking(checkpoint, "checkpoint"), wanted,
      into: UnsafeMutableRawBufferPointer(start: start, count: count))
    _exit(EX_OK)
  }

  /// Limits the process to the time and the further memory that an honest file needs. Ends it where the system gives
  /// it less: what happens then says nothing about the file.
  ///
  /// - Parameter bytes: the size of the memory for the message.
  private static func limit(for bytes: Int) {
    func set(_ kind: __rlimit_resource, _ soft: Int, _ hard: Int) -> Bool {
      var limit = rlimit(rlim_cur: rlim_t(soft), rlim_max: rlim_t(hard))
      return setrlimit(__rlimit_resource_t(kind.rawValue), &limit) == 0
    }
    let seconds = 2 + bytes >> 24
    let addresses = SystemLimit.addressesTaken + 64 << 20 + 4 * bytes
    guard set(RLIMIT_AS, addresses, addresses) else { _exit(EX_OSERR) }
    _ = set(RLIMIT_CPU, seconds, seconds + 1)
    _ = set(RLIMIT_FSIZE, 0, 0)
    _ = set(RLIMIT_CORE, 0, 0)
  }
}
