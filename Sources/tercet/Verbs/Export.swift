import Autodiff
import Checkpoints
import Commands
import Configuration
import Corpora
import Foundation
import Models
import Tensors
import Training

/// `tercet export MODEL --out FILE`: writes a checkpoint's parameters for other programs.
struct Export: Verb {
  /// The formats that are written.
  enum Format: String, CaseIterable {
    case safetensors
  }

  static let syntax = VerbSyntax(
    words: ["export"],
    purpose: "write a checkpoint's parameters, words and configuration for other programs",
    operand: Operand(
      name: "MODEL", count: .once, help: "checkpoint file, or a run's folder, for its best.h5"),
    flags: [out, format, raw],
    notes: "PyPI's safetensors reads the file. Its metadata hold the configuration, and words and "
      + "relations as JSON; checkpoints/README.md has the list.",
    examples: [
      "tercet export checkpoints/quickstart --out model.safetensors",
      "tercet export checkpoints/quickstart/last.h5 --out last.safetensors",
    ])

  private static let out = Flag(
    "out", .required("FILE"), .once, help: "file to write; its folder is made")
  private static let format = Flag(
    "format", .required("FORMAT"), choices: Format.allCases.map(\.rawValue),
    help: "safetensors, the only one (default: safetensors)")
  private static let raw = Flag(
    "raw",
    help: "of a run with optimizer.average: the weights behind the average (default: the average, "
      + "which is evaluated)")

  /// The checkpoint file, or the folder of a run.
  let checkpoint: String
  /// The file to write.
  let output: String
  /// The parameters to write.
  let weights: Snapshot.Weights

  func run() throws -> ExitStatus {
    let path = try CheckpointName.file(checkpoint)
    try Output(path: output).refuse([path])
    var file = try CheckpointFile.open(path, reading: Snapshot.progressAlone)
    guard weights == .evaluated || file.contains(weights.group) else {
      throw Failure(
        description: try CheckpointFolder.isWeightsAlone(file)
          ? "\(path): holds what evaluates alone (checkpoint.slimBest); export last.h5 with --raw"
          : "\(path): its run keeps no average (optimizer.average), so that its only "
            + "weights are exported without --raw")
    }
    var kind = ""
    let (header, model) = try Snapshot.header(of: file) { text in
      let document = try ConfigurationDocument(text: text, name: "\(path): configuration")
      let options = try RunOptions.decoded(from: document)
      kind = options.model.kind
      return options
    }
    let parameters = try Snapshot.parameters(of: model.layout, from: &file, weights)
    _ = consume file
    var metadata = try metadata(header)
    metadata["model"] = kind
    try write(parameters.tensors(of: model.layout), metadata, from: path)
    withExtendedLifetime(parameters) {}
    Console.line(
      "\(output): \(model.layout.parameters.count) tensors with \(model.layout.count) parameters of "
        + "step \(header.progress.step)")
    return .success
  }

  private func write(
    _ tensors: [SafeTensors.Tensor], _ metadata: [String: String], from path: String
  ) throws {
    let tensors = tensors.sorted { $0.name < $1.name }
    guard let beginning = SafeTensors.beginning(of: tensors, metadata: metadata) else {
      throw Failure(
        description: "\(path): its words and relations make a header of more than the "
          + "\(SafeTensors.longestHeader) bytes that safetensors reads")
    }
    try beginning.withUnsafeBytes { beginning in
      try TextFile.write([beginning] + tensors.map(\.elements), to: output)
    }
  }
}

extension Export {
  init(_ line: ArgumentLine) throws(UsageError) {
    let output = line.requiredValue(of: Self.out)
    let _: Format? = try line.choice(of: Self.format)
    if output == "-" || output == "/dev/stdout" {
      throw line.error("'--out' must be a file, which is written whole or not at all")
    }
    if output.hasSuffix(".gz") {
      throw line.error("'--out': programs read safetensors without gzip; leave '.gz' out")
    }
    self.init(
      checkpoint: line.requiredOperand, output: output,
      weights: line.has(Self.raw) ? .raw : .evaluated)
  }

  /// What another program needs to use the parameters, as the texts of the file's metadata.
  private func metadata(_ header: SnapshotHeader) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let vocabularies = header.vocabularies
    var texts = [
      "tercet": Program.tercet.version, "configuration": header.configuration,
      "step": "\(header.progress.step)", "weights": weights == .raw ? "raw" : "evaluated",
      "training_digest": header.trainingDigest,
    ]
    texts["tokenize"] = header.tokenization?.rawValue
    texts["thresholds"] = header.thresholds.isEmpty ? nil : Threshold.text(header.thresholds)
    for (name, size) in vocabularies.sizes { texts[name] = "\(size)" }
    for (name, list) in vocabularies.lists {
      texts[name] = String(decoding: try encoder.encode(list.names), as: UTF8.self)
    }
    return texts
  }
}

extension Slab {
  /// The parameters of a layout, whose values stay in this memory.
  fileprivate func tensors(of layout: ParameterLayout) -> [SafeTensors.Tensor] {
    layout.parameters.map { parameter in
      let values = UnsafeBufferPointer(rebasing: buffer[parameter.values])
      return SafeTensors.Tensor(parameter.name, shape: parameter.shape, values)
    }
  }
}
