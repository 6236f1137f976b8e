import Glibc
import Typesetting

/// Standard output and standard error, which a person or a program reads.
package enum Console {
  /// Writes `text` and a line break to standard output.
  package static func line(_ text: String) {
    clearProgress()
    self.text(text + "\n")
  }

  /// Writes a sentence to standard output, in lines that fit the terminal.
  package static func paragraph(_ text: String) {
    line(Lines.wrapped(text, to: width, indent: 2).joined(separator: "\n"))
  }

  /// Writes `text` to standard output as it is. Where standard output takes it not, this ends the process, or
  /// goes on as ``outliveOutput(_:)`` says.
  package static func text(_ text: String) {
    let code = launcherError(of: STDOUT_FILENO) ?? write(text, to: STDOUT_FILENO)
    if let code { lost(code) }
  }

  /// Writes `text` and a line break to standard error.
  package static func error(_ text: String) {
    clearProgress()
    _ = write(text + "\n", to: STDERR_FILENO)
  }

  /// Writes `text` to standard output as it is, on one rank of the job only.
  package static func textOnceForJob(_ text: String) {
    if speaksForJob { self.text(text) }
  }

  /// Whether this process is the job's first by its launcher's count, or has no launcher.
  package static var speaksForJob: Bool {
    speaksForJob(variable: { getenv($0).map { String(cString: $0) } })
  }

  /// Whether this process is the job's first by its launcher's count, or has no launcher.
  ///
  /// - Parameter variable: an environment variable's value, or `nil` where it is not set.
  static func speaksForJob(variable: (String) -> String?) -> Bool {
    let launchers = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"]
    return launchers.lazy.compactMap(variable).first ?? "0" == "0"
  }
}
