import CGlibc
import Foundation
import Glibc
import Limits

/// A program that was started, waited for and heard.
struct Inquiry {
  /// Its exit status; 128 and the signal's number where a signal ended it, 124 where its time was up, 137 where it
  /// then had to be killed.
  let status: Int32
  /// What it has written to standard output and standard error.
  let output: [UInt8]

  /// The status of a program whose time was up.
  static let timeUp: Int32 = 124

  /// Runs a program to its end, without input. Its output goes to memory, so that nothing waits for a process that
  /// it leaves behind.
  ///
  /// - Parameters:
  ///   - words: its file and arguments.
  ///   - seconds: after which it is ended.
  init(_ words: [String], seconds: Int) throws {
    let memory = memfd_create("output", UInt32(MFD_CLOEXEC))
    guard memory >= 0 else { throw Self.failure(words, SystemError.text()) }
    let file = FileHandle(fileDescriptor: memory, closeOnDealloc: true)
    let process = Process()
    process.executableURL = URL(filePath: LocalMPI.path(of: "timeout") ?? "/usr/bin/timeout")
    process.arguments = ["--kill-after=5", "\(seconds)"] + words
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (file, file)
    do { try process.run() } catch { throw Self.failure(words, "\(error)") }
    process.waitUntilExit()
    let isSignalled = process.terminationReason == .uncaughtSignal
    status = process.terminationStatus + (isSignalled ? 128 : 0)
    try file.seek(toOffset: 0)
    output = Array(try file.readToEnd() ?? Data())
  }

  private static func failure(_ words: [String], _ reason: String) -> Failure {
    Failure(description: "\(words[0]) cannot be started: \(reason)")
  }

  /// Its lines that are not blank.
  var lines: [String] {
    String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { $0.contains { !$0.isWhitespace } }
  }
}
