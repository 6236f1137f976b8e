/// `tercet inspect FILE`.
public struct InspectArguments: Hashable, Sendable {
  /// The checkpoint file.
  public let checkpoint: String
}

extension InspectArguments {
  static let verb = Verb(
    words: ["inspect"],
    purpose: "print what a checkpoint holds: model, configuration, history, shapes",
    operand: file,
    flags: [],
    examples: [
      "tercet inspect checkpoints/quickstart/best.h5",
      "tercet inspect checkpoints/webnlg-copymtl-one/last.h5",
    ]
  ) { line in .inspect(InspectArguments(checkpoint: line.requiredOperand)) }

  private static let file = Operand(name: "FILE", count: .once, help: "checkpoint file")
}
