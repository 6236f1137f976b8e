import Glibc

/// A limit that the system sets on a process, as a shell shows it by `ulimit`.
package enum SystemLimit: String, CaseIterable, Sendable {
  case addresses = "-v"
  case data = "-d"
  case threads = "-u"
  case files = "-n"

  private var resource: __rlimit_resource {
    switch self {
    case .addresses: RLIMIT_AS
    case .data: RLIMIT_DATA
    case .threads: __RLIMIT_NPROC
    case .files: RLIMIT_NOFILE
    }
  }

  /// The bytes or the number that the process may have; `nil` for no limit.
  package var value: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0,
      limit.rlim_cur < rlim_t(Int.max)
    else { return nil }
    return Int(limit.rlim_cur)
  }

  /// Such as `'ulimit -v' is 400000`, in the unit of the shell; `nil` where there is no limit.
  var note: String? {
    value.map { "'ulimit \(rawValue)' is \(self == .addresses || self == .data ? $0 / 1024 : $0)" }
  }

  /// The bytes of addresses that this process has taken, shared libraries included.
  package static var addressesTaken: Int {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { line in
      let count = read(file, line.baseAddress, line.count)
      let pages = line.prefix(max(0, count)).prefix { 48...57 ~= $0 }
      return pages.reduce(0) { $0 * 10 + Int($1 - 48) } * sysconf(Int32(_SC_PAGESIZE))
    }
  }

  /// The bytes of addresses that this process may still take; `nil` for no limit.
  package static var addressesLeft: Int? {
    addresses.value.map { max(0, $0 - addressesTaken) }
  }
}

/// What the system says of a call that it has refused.
package enum SystemError {
  /// The system's words for an error, and the limits that may stand behind it.
  package static func text(_ code: Int32 = errno) -> String {
    let limits: [SystemLimit] =
      switch code {
      case ENOMEM: [.addresses, .data]
      case EAGAIN: [.threads, .addresses]
      case EMFILE: [.files]
      default: []
      }
    let notes = limits.compactMap(\.note)
    let words = String(cString: strerror(code))
    return notes.isEmpty ? words : "\(words) (\(notes.joined(separator: ", ")))"
  }
}
