import Commands
import Corpora
import Glibc
import Layers
import Limits
import Pretrained
import Typesetting

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
    "out", .required("FILE"), .once,
    help: "HDF5 file to write, whole or not at all; its folder is made")

  /// The folder.
  let folder: String
  /// The file to write.
  let output: String

  func run() throws -> ExitStatus {
    let place = Output(path: output)
    try place.refuse([folder])
    try place.checkFolder()
    let source = try TransformerImport(folder)
    try TextFile.makeFolder(of: output)
    try source.write(to: output)
    let file = try TransformerFile(output)
    let shape = file.shape
    Console.line(
      "\(output): \(file.sourceName), \(Figures.plainCount(shape.layers, "layer")) of width "
        + "\(shape.hidden), \(Figures.plainCount(shape.heads, "head")), "
        + "\(shape.vocabulary) \(file.casing) pieces, "
        + "\(shape.positions) positions")
    if !source.hasTokenHead {
      Console.line("it has no head for tokens, which starts from random values in training")
    }
    if !source.unused.isEmpty {
      Console.line(
        "left out: \(Figures.count(source.unused.count, "tensor")), \(Self.list(source.unused))")
    }
    if let lack = Self.lack(of: file.vocabulary) {
      Console.line("model.kind=generative will refuse the file: \(lack)")
    }
    return .success
  }

  /// The words of generative models for what their text needs and a vocabulary lacks.
  private static func lack(of vocabulary: PieceVocabulary) -> String? {
    do throws(CorpusError) {
      _ = try TargetText(WordPiece(vocabulary), relations: NameList([]))
      return nil
    } catch {
      return error.message
    }
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

extension Output {
  /// The folders that the file stands in, from the outermost on; none of a file in the current folder.
  private var folders: [String] {
    path.utf8.indices.dropFirst().filter { path.utf8[$0] == UInt8(ascii: "/") }
      .map { String(path[..<$0]) }
  }

  /// Refuses a file that no folder can take, before the work of making it.
  fileprivate func checkFolder() throws {
    var status = stat()
    if path.hasSuffix("/") || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
      throw Failure(description: "\(path): is a folder, not a file; name a file in it")
    }
    let nearest = folders.last { access($0, F_OK) == 0 } ?? (path.hasPrefix("/") ? "" : ".")
    guard access(nearest + "/", W_OK | X_OK) == 0 else {
      let cause = SystemError.text()
      throw Failure(description: "\(path): cannot be written: \(cause); name a file elsewhere")
    }
  }
}
