import Commands
import Configuration
import Foundation
import Glibc
import Training

/// A training on several ranks of this machine: what `tercet train --ranks N` starts in its place.
struct LocalJob {
  let ranks: Int
  /// Threads of each rank.
  let threads: Int
  /// The words after the program's name that each rank is given.
  let arguments: [String]
  /// The folder of the run's checkpoints, whose run log tells whether training has begun.
  let checkpoints: String

  /// Runs the job to its end.
  ///
  /// - Returns: the exit status of `mpirun`, and so of the first rank that failed; 75 where a signal came before
  ///   training began, and 128 plus its number after a second one.
  func run() throws -> Int32 {
    try refuseInsideJob()
    guard let mpirun = Self.path(of: "mpirun") else {
      throw Failure(
        description: "--ranks \(ranks) starts mpirun, which is not in PATH; "
          + "install it (apt-get install openmpi-bin)")
    }
    if geteuid() == 0 {
      Console.error("note: started by root, whom mpirun refuses; it is told --allow-run-as-root")
    }
    let log = RunLogMark(folder: checkpoints)
    var launcher = try Launcher(Self.dying + [mpirun] + options + [Self.program] + arguments)
    let end = try launcher.wait { log.hasChanged }
    if let sentence = end.explanation { Console.error("tercet: \(sentence)") }
    return end.status
  }

  /// What one node needs, and no more: leave to share cores, no binding, none of a scheduler's hosts.
  private var options: [String] {
    let crowded = ranks * threads > ProcessInfo.processInfo.activeProcessorCount
    return ["--host", "localhost:\(ranks)", "-n", "\(ranks)", "--bind-to", "none"]
      + ["--mca", "plm", "isolated", "--mca", "ras", "^slurm,gridengine,tm,lsf,alps"]
      + (crowded ? ["--mca", "mpi_yield_when_idle", "1"] : [])
      + (geteuid() == 0 ? ["--allow-run-as-root"] : [])
  }

  private func refuseInsideJob() throws {
    let variables = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_STEP_ID"]
    guard let found = variables.first(where: { getenv($0) != nil }) else { return }
    throw Failure(
      description: "--ranks \(ranks) starts ranks, but mpirun or srun has started this process "
        + "as one (\(found) is set); leave --ranks out")
  }

  /// The command that has a program asked to leave when this process dies; nothing where it is missing.
  private static var dying: [String] {
    path(of: "setpriv").map { [$0, "--pdeathsig", "USR1"] } ?? []
  }

  /// This program's own file.
  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  private static func path(of name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
  }
}

/// The state of a folder's run log when this was made: it changes when training begins.
private struct RunLogMark {
  private let path: String
  private let before: [Int]

  init(folder: String) {
    path = folder + "/run.jsonl"
    before = Self.state(of: path)
  }

  var hasChanged: Bool { Self.state(of: path) != before }

  private static func state(of path: String) -> [Int] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [
      Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
    ]
  }
}
