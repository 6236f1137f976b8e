import Commands
import Layers
import Pretrained

/// `tercet import transformer DIR --out FILE`: makes a file of pretrained weights of what their authors publish.
struct ImportTransformer: Verb {
  static let syntax = VerbSyntax(
    words: ["import", "transformer"],
    purpose: "make a file of pretrained weights, for model.pretrained, of a BERT, MiniLM or UniLM",
    operand: Operand(
      name: "DIR", count: .once,
      help: "folder with config.json, vocab.txt and model.safetensors, as Hugging Face has them"),
    flags: [out],
    notes:
      "cluster/pytorch-to-safetensors makes model.safetensors of PyTorch's pickles. Of UniLM's "
      + "six kinds of segments the fifth and sixth are taken, those of source and target.",
    examples: [
      "tercet import transformer MiniLM-L6-H384-uncased --out minilm.h5",
      "tercet import transformer weights/unilm-large-cased --out weights/unilm.h5",
    ])

  private static let out = Flag(
    "out", .required("FILE"), .once, help: "HDF5 file to write, whole or not at all")

  /// The folder.
  let folder: String
  /// The file to write.
  let output: String

  func run() throws -> ExitStatus {
    try Output(path: output).refuse([folder])
    let source = try TransformerImport(folder)
    try source.write(to: output)
    let file = try TransformerFile(output)
    let shape = file.shape
    Console.line(
      "\(output): \(file.sourceName), \(shape.layers) layers of width \(shape.hidden), "
        + "\(shape.heads) heads, \(shape.vocabulary) \(file.casing) pieces, "
        + "\(shape.positions) positions")
    if !source.hasTokenHead {
      Console.line("it has no head for tokens, which starts from random values in training")
    }
    if !source.unused.isEmpty {
      Console.line("\(source.unused.count) tensors are left out: \(Self.list(source.unused))")
    }
    return .success
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }
}

extension ImportTransformer {
  init(_ line: ArgumentLine) throws(UsageError) {
    let output = line.requiredValue(of: Self.out)
    if output == "-" || output == "/dev/stdout" {
      throw line.error("'--out' must be a file, which is written whole or not at all")
    }
    self.init(folder: line.requiredOperand, output: output)
  }
}
