import Commands
import Foundation
import Glibc
import RunLogs
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
  /// Whether only warnings and errors are printed.
  let isQuiet: Bool

  /// Runs the job to its end.
  ///
  /// - Returns: the exit status of `mpirun`, and so of the first rank that failed; 75 where a signal came before
  ///   training began, and 128 plus its number after a second one.
  func run() throws -> Int32 {
    if let found = LocalMPI.outerLauncher {
      throw Failure(
        description: "--ranks \(ranks) starts ranks, but mpirun or srun has started this process "
          + "as one (\(found) is set); leave --ranks out")
    }
    guard let mpirun = LocalMPI.path(of: "mpirun") else {
      throw Failure(
        description: "--ranks \(ranks) starts mpirun, which is not in PATH; "
          + "install it (apt-get install openmpi-bin)")
    }
    if geteuid() == 0 && !isQuiet {
      Console.error("note: started by root, whom mpirun refuses; it is told --allow-run-as-root")
    }
    let log = RunLogMark(folder: checkpoints)
    let options = LocalMPI.options(ranks: ranks, threads: threads)
    var launcher = try Launcher(
      Self.dying + [mpirun] + options + [LocalMPI.program] + arguments)
    let end = try launcher.wait { log.hasChanged }
    if let sentence = end.explanation { Console.error("tercet: \(sentence)") }
    return end.status
  }

  /// The command that has a program asked to leave when this process dies; nothing where it is missing.
  private static var dying: [String] {
    LocalMPI.path(of: "setpriv").map { [$0, "--pdeathsig", "USR1"] } ?? []
  }
}

/// The state of a folder's run log when this was made: it changes when training begins.
private struct RunLogMark {
  private let path: String
  private let before: [Int]

  init(folder: String) {
    path = "\(folder)/\(RunLogReader.fileName)"
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
