import Checkpoints
import Commands

/// `tercet inspect MODEL`: prints a checkpoint's attributes, configuration, history and shapes.
struct Inspect: Verb {
  static let syntax = VerbSyntax(
    words: ["inspect"],
    purpose: "print what a checkpoint holds: model, configuration, history, shapes",
    operand: Operand(
      name: "MODEL", count: .once, help: "checkpoint file, or a run's folder, for its best.h5"),
    examples: [
      "tercet inspect checkpoints/quickstart/best.h5",
      "tercet inspect checkpoints/webnlg-copymtl-one/last.h5",
    ])

  /// The checkpoint file, or the folder of a run.
  let checkpoint: String

  func run() throws -> ExitStatus {
    Console.line(try Inspection.listing(of: try CheckpointName.file(checkpoint)))
    return .success
  }
}

extension Inspect {
  init(_ line: ArgumentLine) { self.init(checkpoint: line.requiredOperand) }
}
