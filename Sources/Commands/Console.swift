import Glibc

/// Standard output and standard error, which a person reads.
package enum Console {
  /// Writes `text` and a line break to standard output.
  package static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Writes `text` to standard output as it is, for a progress line that is written over.
  package static func text(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes `text` and a line break to standard error.
  package static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Writes `text` to standard output as it is, on one rank of the job only.
  package static func textOnceForJob(_ text: String) {
    if speaksForJob { self.text(text) }
  }

  /// Whether this process is the job's first by its launcher's count, or has no launcher.
  package static var speaksForJob: Bool {
    speaksForJob(variable: { getenv($0).map { String(cString: $0) } })
  }

  /// Whether standard output is a terminal. Under Open MPI the launcher's standard output counts, because
  /// Open MPI gives every rank a terminal of its own and passes its output on.
  package static var isTerminal: Bool {
    isatty(STDOUT_FILENO) == 1 && (getenv("OMPI_COMM_WORLD_RANK") == nil || parentHasTerminal)
  }

  /// Whether the standard output of the process that started this one is a terminal.
  private static var parentHasTerminal: Bool {
    let descriptor = open("/proc/\(getppid())/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return isatty(descriptor) == 1
  }

  /// Whether this process is the job's first by its launcher's count, or has no launcher.
  ///
  /// - Parameter variable: an environment variable's value, or `nil` where it is not set.
  static func speaksForJob(variable: (String) -> String?) -> Bool {
    let launchers = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"]
    return launchers.lazy.compactMap(variable).first ?? "0" == "0"
  }

  /// Writes all of `text`; an error ends the writing silently, since no stream is left to report it on.
  ///
  /// The corresponding C function is `write`.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
