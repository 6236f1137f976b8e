import Glibc
import Synchronization

/// The end of a process to which the system refuses what it needs. A launcher ends the other ranks.
package enum Refusal {
  /// The status that such a process ends with.
  static let status: Int32 = 1

  private static let isClaimed = Atomic(false)

  /// Returns to the first thread that ends the process; another waits for the end.
  static func claim() {
    if isClaimed.exchange(true, ordering: .relaxed) { while true { pause() } }
  }

  /// Ends the process with one line on standard error.
  package static func end(_ text: String) -> Never {
    claim()
    let line = Array("\(speaker)\(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    _exit(status)
  }

  /// Ends the process for want of memory: the bytes that were asked for and the limit.
  package static func memory(_ bytes: Int, code: Int32 = errno) -> Never {
    end(
      "no memory for \(bytes) bytes beside \(SystemLimit.addressesTaken) bytes of addresses: "
        + "\(SystemError.text(code)); raise the limit, or lower batch.size, threads or the model's widths"
    )
  }

  /// The program, and the rank and its host where a launcher has started it.
  static var speaker: String {
    let launchers = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK"]
    guard let rank = launchers.lazy.compactMap({ getenv($0) }).first else { return "tercet: " }
    var host = utsname()
    uname(&host)
    let name = withUnsafeBytes(of: &host.nodename) { $0.prefix { $0 != 0 } }
    return "tercet: rank \(String(cString: rank)) on \(String(decoding: name, as: UTF8.self)): "
  }
}
