import Foundation
import Glibc

/// `mpirun` on this machine: whether it may start ranks here, and what it is told.
enum LocalMPI {
  /// What one node needs, and no more: leave to share cores, no binding, none of a scheduler's hosts.
  ///
  /// - Parameter threads: of each rank.
  static func options(ranks: Int, threads: Int) -> [String] {
    let crowded = ranks * threads > ProcessInfo.processInfo.activeProcessorCount
    return ["--host", "localhost:\(ranks)", "-n", "\(ranks)", "--bind-to", "none"]
      + ["--mca", "plm", "isolated", "--mca", "ras", "^slurm,gridengine,tm,lsf,alps"]
      + (crowded ? ["--mca", "mpi_yield_when_idle", "1"] : [])
      + (geteuid() == 0 ? ["--allow-run-as-root"] : [])
  }

  /// The variable by which a launcher that has started this process as a rank is known; `nil` for none.
  static var outerLauncher: String? {
    ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_STEP_ID"]
      .first { getenv($0) != nil }
  }

  /// This program's own file.
  static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// A program of `PATH`; `nil` where it has none of this name.
  static func path(of name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
  }
}
