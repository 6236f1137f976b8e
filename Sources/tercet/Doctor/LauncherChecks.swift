import Collectives
import Foundation
import Glibc
import Limits

/// Whether ranks can be started here, and reach each other.
enum LauncherChecks {
  /// Seconds that the self-test may take; it takes one or two.
  private static let patience = 60

  static func findings() -> [Finding] {
    guard let mpirun = LocalMPI.path(of: "mpirun") else {
      return [
        .fail(
          "launcher", "there is no mpirun in PATH",
          remedy: "apt-get install openmpi-bin; without it one rank trains")
      ]
    }
    let launcher = launcher(mpirun)
    return launcher.grade == .fail ? [launcher] : [launcher, selfTest(mpirun)]
  }

  /// The version of the linked library, as `mpirun --version` writes it too: `4.1.4`.
  static let libraryVersion: String? =
    Session.libraryVersion.firstMatch(of: /Open MPI v([0-9.]+)/).map { String($0.1) }

  private static func launcher(_ mpirun: String) -> Finding {
    let subject = "launcher"
    if let files = SystemLimit.files.value, files < Launcher.leastFiles {
      return .fail(
        subject, "'ulimit -n' is \(files)",
        remedy: "raise it: mpirun needs \(Launcher.leastFiles) descriptors or more")
    }
    let library = libraryVersion ?? Session.libraryVersion
    let said: String
    do {
      said = try Inquiry([mpirun, "--version"], seconds: patience).lines.first ?? "nothing"
    } catch {
      return .fail(subject, "\(error)", remedy: "mend that, or install openmpi-bin")
    }
    guard let version = said.firstMatch(of: /\(Open MPI\) ([0-9.]+)/)?.1 else {
      return .fail(
        subject, "\(mpirun) says '\(said)', and tercet is linked with Open MPI \(library)",
        remedy: "put the mpirun of Open MPI first in PATH")
    }
    let found = "Open MPI \(version), \(mpirun); \(slots)"
    return version == library
      ? .ok(subject, found)
      : .warn(
        subject, "\(found); tercet is linked with Open MPI \(library)",
        remedy: "put the mpirun of that version first in PATH")
  }

  /// What `mpirun` may start ranks on.
  private static var slots: String {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    let job = ProcessInfo.processInfo.environment["SLURM_JOB_ID"].map { ", in job \($0) of Slurm" }
    return "\(processors) slots here, one a processor\(job ?? "")"
  }

  private static func selfTest(_ mpirun: String) -> Finding {
    let subject = "self-test"
    if let found = LocalMPI.outerLauncher {
      return .warn(
        subject, "a launcher has started this process (\(found) is set), so it starts no ranks",
        remedy: "try the launcher's own with 'tercet doctor --self-test'")
    }
    let remedy = "'mpirun -n 2 hostname' shows whether mpirun works at all"
    do {
      let words = [mpirun] + LocalMPI.options(ranks: 2, threads: 1)
      let test = try Inquiry(
        words + [LocalMPI.program, "doctor", "--self-test"], seconds: patience)
      if test.status == 0 { return .ok(subject, test.lines.last ?? "two ranks have ended well") }
      return .fail(subject, "two ranks have not summed a vector: \(reason(test))", remedy: remedy)
    } catch {
      return .fail(subject, "\(error)", remedy: remedy)
    }
  }

  /// Why the ranks failed: what they say of it, or else `mpirun`.
  private static func reason(_ test: Inquiry) -> String {
    if [Inquiry.timeUp, 128 + SIGKILL].contains(test.status) {
      return "they have not ended within \(patience) s"
    }
    var filter = BannerFilter()
    let own = filter.pass(test.output[...]) + filter.pass([])
    let lines = String(decoding: own, as: UTF8.self).split(separator: "\n")
    return lines.last.map(String.init) ?? filter.firstBanner ?? "mpirun ended with \(test.status)"
  }
}
