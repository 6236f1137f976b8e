import Commands
import Foundation
import Glibc
import Limits

/// `tercet sweep CONFIG`: becomes `cluster/sweep`, which trains over values of keys and seeds.
struct Sweep: Verb {
  static let syntax = VerbSyntax(
    words: ["sweep"],
    purpose: "train over values of keys and over seeds, and say which value is best",
    operand: Operand(
      name: "WORD", count: .anyNumber, help: "the words that cluster/sweep takes, CONFIG first"),
    notes: "All words are handed to cluster/sweep; 'tercet sweep CONFIG --help' lists its options.",
    examples: [
      "tercet sweep Configs/quickstart.yaml --out sweeps/lambda --grid lambda=0,1,3 --seeds 1-3",
      "tercet sweep Configs/quickstart.yaml --out sweeps/rate --log-range lr=.0003:.01 --trials 12",
    ])

  /// The words after the verb's.
  private let words: [String]
}

extension Sweep {
  static func request(
    _ arguments: [String], program: String
  ) throws(UsageError) -> Program.Request {
    ["--help"] == arguments || ["-h"] == arguments
      ? .show(syntax.help(program)) : .run(Sweep(words: arguments))
  }

  init(_ line: ArgumentLine) throws(UsageError) { words = line.operands }

  /// The script's place: below the folder of an installation, `../share/tercet/cluster/sweep`, or in the package
  /// that the program was built in.
  private static func script(of program: String) -> String? {
    let folder = URL(filePath: program).deletingLastPathComponent()
    let parts = folder.pathComponents
    let shared = folder.appending(path: "../share/tercet/cluster/sweep").standardized.path
    let package = parts.lastIndex(of: ".build").map { parts[..<$0].joined(separator: "/") }
    return ([shared] + (package.map { ["\($0)/cluster/sweep"] } ?? []))
      .first { access($0, R_OK) == 0 }
  }

  /// Returns only where the script cannot be started.
  func run() throws -> ExitStatus {
    let program = LocalMPI.program
    guard let script = Self.script(of: program) else {
      throw Failure(
        description:
          "sweep: neither share/tercet/cluster/sweep nor cluster/sweep is near \(program); run "
          + "cluster/sweep of the package by its own path")
    }
    setenv("TERCET", program, 1)
    let copies = (["python3", script] + words).map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    execvp("python3", copies)
    throw Failure(
      description: "sweep: python3 cannot be started: \(SystemError.text()); "
        + "install it (apt-get install python3)")
  }
}
