import Commands

/// `tercet completion bash`: prints what a shell needs to complete command lines.
struct Completion: Verb {
  static let syntax = VerbSyntax(
    words: ["completion"],
    purpose: "print a script by which a shell completes tercet's command lines",
    operand: Operand(
      name: "SHELL", count: .once, choices: ["bash"], help: "bash, which alone has one"),
    notes: "cluster/install puts the script where bash finds it.",
    examples: [
      "tercet completion bash > ~/.local/share/bash-completion/completions/tercet",
      "tercet completion bash > tercet.bash && source tercet.bash",
    ])

  func run() throws -> ExitStatus {
    Console.line(BashCompletion(of: .tercet).script)
    return .success
  }
}

extension Completion {
  init(_ line: ArgumentLine) throws(UsageError) {
    guard line.requiredOperand == "bash" else {
      throw line.error("SHELL must be bash, found '\(line.requiredOperand)'")
    }
    self.init()
  }
}
