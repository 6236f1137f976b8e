import Autodiff
import Configuration
import Corpora
import Foundation
import Layers
import Models
import Tensors

@testable import Checkpoints
@testable import Training

/// Checkpoints, twice: as they come, where nothing but an untouched file may be taken; and with the header
/// that their bytes should have, as a stranger would write it, so that all that lies behind it is reached.
enum CheckpointCheck {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    put(bytes, "input.h5")
    if let file = try? open() {
      precondition(isWhole(bytes), "\(file.path): taken damaged")
    }
    guard bytes.count >= UserBlock.size else { return }
    let contents = UnsafeRawBufferPointer(rebasing: bytes[UserBlock.size...])
    let block = UserBlock(length: bytes.count, checksum: Checksum.of(contents))
    (block.bytes + contents).withUnsafeBytes { put($0, "input.h5") }
    guard var file = try? open() else { return }
    _ = try? Inspection.listing(of: file)
    try? load(&file)
  }

  /// A message, as a process could write it that a forged file has taken over.
  static func message(_ bytes: UnsafeRawBufferPointer) {
    guard case .contents(let root)? = try? ReaderMessageDecoder.outcome(of: bytes, wanted: .all)
    else {
      return
    }
    requireInside(root, bytes.count)
  }

  private static func requireInside(_ group: StoredGroup, _ count: Int) {
    for (_, member) in group.members {
      switch member {
      case .group(let group): requireInside(group, count)
      case .array(let outline, let elements?):
        precondition(elements.upperBound <= count && elements.count == outline.bytes)
      case .array: break
      }
    }
  }

  private static func open() throws(CheckpointError) -> Checkpoint {
    try CheckpointFile.open("input.h5", reading: .all, by: program)
  }

  /// The program that reads, which has no sanitizers.
  private static let program: String = {
    guard let path = ProcessInfo.processInfo.environment["TERCET_FUZZ_PROGRAM"] else {
      preconditionFailure("TERCET_FUZZ_PROGRAM is not set")
    }
    return path
  }()

  /// As `evaluate`, `extract` and `train --resume` read it, which reads moments as parameters.
  private static func load(_ file: inout Checkpoint) throws {
    let (header, model) = try Snapshot.header(of: file) { text in
      let document = try ConfigurationDocument(text: text, name: "configuration")
      guard let options = try ConfigurationCheck.options(document) else { throw Refusal() }
      return options
    }
    precondition(header.progress.step >= 0)
    precondition(header.vocabularies.sizes.allSatisfy { $0.value >= 0 })
    let parameters = try Snapshot.parameters(of: model.layout, from: &file)
    precondition(parameters.buffer.allSatisfy(\.isFinite), "not finite")
  }

  private struct Refusal: Error {}

  /// Whether the header fits, by the definition of its checksum, a bit at a time.
  private static func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
    func crc(_ part: Slice<UnsafeRawBufferPointer>) -> UInt64 {
      var crc = UInt64.max
      for byte in part {
        crc ^= UInt64(byte)
        for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : (crc >> 1) ^ 0xC96C_5795_D787_0F42 }
      }
      return ~crc
    }
    func number(_ offset: Int) -> UInt64 {
      bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    return bytes.count > 512 && number(16) == bytes.count && number(24) == crc(bytes[512...])
      && number(504) == crc(bytes[..<504])
  }

  /// A small file that holds something of every kind.
  static func writeKinds(_ path: String) {
    write(path) { (writer) throws(CheckpointError) in
      try writer.attribute("step", .integer(1))
      try writer.attribute("rate", .real(0.1))
      try writer.attribute("constrained", .truth(true))
      try writer.attribute("configuration", .string("seed: 1\n"))
      try [1, 2, 3, 4 as Float].withUnsafeBufferPointer { (values) throws(CheckpointError) in
        try writer.floats("parameters/weight", shape: [2, 2], values)
      }
      try writer.doubles("history/total", shape: [2], [1, 2])
      try writer.integers("history/step", shape: [2], [1, 2])
      try writer.strings("vocabulary/words", ["Ann", "left"])
    }
  }

  private static func write(
    _ path: String, _ body: (borrowing CheckpointWriter) throws(CheckpointError) -> Void
  ) {
    do {
      try CheckpointFile.write(to: path, body)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// A checkpoint of a tiny model, whole but for the moments, which are read as parameters are.
  static func writeModel(_ path: String) {
    guard var options = RunOptions(modelKind: "copyre") else {
      preconditionFailure("no model")
    }
    let document = try? ConfigurationDocument(
      text: "model: {hidden: 2, embedding: 2, fusion: 2, triples: 2}", name: "seed")
    guard let small = try? document?.decode(RunOptions.self, defaults: options) else {
      preconditionFailure("no options")
    }
    options = small
    let model = options.model.model(
      for: Vocabularies(
        lists: [("words", NameList(["Ann", "left"])), ("relations", NameList(["r"]))],
        sizes: [("longest_entity", 2)]))
    let parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 1)
    var progress = Progress()
    progress.step = 1
    progress.history.steps.append(
      History.Step(
        step: 1, epoch: 0, losses: model.termNames.map { _ in 1 }, total: 1, gradientNorm: 1,
        rate: 0.1))
    let header = SnapshotHeader(
      configuration: ConfigurationText.yaml(of: options), vocabularies: model.vocabularies,
      trainingDigest: "1", developmentDigest: "2", tokenization: .words, progress: progress)
    let state = RunState(
      header: header, layout: model.layout, objective: model.termNames,
      slabs: [("parameters", SavedValues(collected: parameters))])
    write(path) { (writer) throws(CheckpointError) in try state.write(to: writer) }
  }

  /// Writes the message of a whole checkpoint into the folder of seeds.
  static func writeMessage() {
    writeModel("whole.h5")
    guard let count = try? Data(contentsOf: URL(filePath: "whole.h5")).count else {
      preconditionFailure("no checkpoint")
    }
    var bytes = [UInt8](repeating: 0, count: count + ReaderMessage.spare)
    bytes.withUnsafeMutableBytes { memory in
      guard let file = try? Descriptor.reading("whole.h5") else {
        preconditionFailure("no checkpoint")
      }
      ReaderWalk.run(file, .all, into: memory)
      let written = ReaderMessageDecoder.written(UnsafeRawBufferPointer(memory)) ?? 0
      put(UnsafeRawBufferPointer(rebasing: memory[..<written]), "seeds/whole")
    }
  }
}
