import Foundation

/// What a finished process left.
public struct ProcessResult: Sendable {
  /// The exit status; 128 and the signal's number where a signal ended it, 124 where time ran out.
  public let status: Int32
  /// All it wrote to its standard output.
  public let stdout: String
  /// All it wrote to its standard error.
  public let stderr: String
}

/// Runs a program to its end; output of any size cannot block it, since it goes to files.
///
/// - Parameters:
///   - environment: variables beside those of this process, which they override.
///   - input: its whole standard input.
///   - folder: where it runs; this process's own by default.
///   - seconds: after which it and its children are ended; under a sanitizer, much later.
public func runProcess(
  _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
  input: String = "", in folder: URL? = nil, timeout seconds: Int = 300
) throws -> ProcessResult {
  try withTemporaryDirectory { files in
    func file(_ name: String, _ contents: String = "") throws -> URL {
      let url = files.appending(path: name)
      try Data(contents.utf8).write(to: url)
      return url
    }
    let (stdout, stderr) = (try file("stdout"), try file("stderr"))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["--kill-after=5", "\(seconds * patience)", path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    process.standardInput = try FileHandle(forReadingFrom: file("stdin", input))
    process.standardOutput = try FileHandle(forWritingTo: stdout)
    process.standardError = try FileHandle(forWritingTo: stderr)
    try process.run()
    process.waitUntilExit()
    let signalled = process.terminationReason == .uncaughtSignal
    return ProcessResult(
      status: process.terminationStatus + (signalled ? 128 : 0),
      stdout: String(decoding: try Data(contentsOf: stdout), as: UTF8.self),
      stderr: String(decoding: try Data(contentsOf: stderr), as: UTF8.self))
  }
}

/// Where `mpirun` is; `nil`, with a line that says so, where there is none.
public let mpirunPath: String? = {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  let paths = folders.map { "\($0)/mpirun" }
  if let path = paths.first(where: FileManager.default.isExecutableFile) { return path }
  print("tests of several ranks are skipped: no mpirun in PATH (install openmpi-bin)")
  return nil
}()

/// Runs a program on so many ranks of this machine, more than it has cores if need be.
///
/// - Precondition: `mpirunPath` is not `nil`.
public func mpirun(
  ranks: Int, executable: URL, arguments: [String] = [], environment: [String: String] = [:],
  input: String = "", timeout seconds: Int = 120
) throws -> ProcessResult {
  let launcher = [
    "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle",
    "1", "--timeout", "\(seconds * patience)", "-n", "\(ranks)", executable.path,
  ]
  return try runProcess(
    mpirunPath ?? "mpirun", launcher + arguments, environment: environment, input: input,
    timeout: seconds + 30)
}

/// The folder of the executables that were built with these tests.
public let productsDirectory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
  .deletingLastPathComponent()
