import Autodiff
import Checkpoints
import Corpora
import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@testable import Pretrained

@Suite("Pretrained weights")
struct ImportTests {
  /// A BERT of two layers of width 4, as its authors publish it.
  private struct Published {
    var configuration =
      #"{"num_attention_heads": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "_name_or_path": "tiny"}"#
    var pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b"]
    var segments = 2
    var prefix = "bert."
    var gamma = "weight"
    /// The values of a tensor in place of those that count up.
    var values: [String: [Float]] = [:]
    /// The shapes of tensors in place of the right ones.
    var shapesInstead: [String: [Int]] = [:]
    var missing: Set<String> = []
    var hasHead = true

    /// The tensors with their shapes, by names without prefix.
    var shapes: [(name: String, shape: [Int])] {
      func linear(_ name: String, _ rows: Int, _ columns: Int) -> [(String, [Int])] {
        [("\(name).weight", [rows, columns]), ("\(name).bias", [rows])]
      }
      func norm(_ name: String) -> [(String, [Int])] {
        [("\(name).\(gamma)", [4]), ("\(name).\(gamma == "gamma" ? "beta" : "bias")", [4])]
      }
      var all: [(String, [Int])] =
        [
          ("embeddings.word_embeddings.weight", [pieces.count, 4]),
          ("embeddings.position_embeddings.weight", [8, 4]),
          ("embeddings.token_type_embeddings.weight", [segments, 4]),
        ] + norm("embeddings.LayerNorm")
      for block in 0..<2 {
        let name = "encoder.layer.\(block)"
        for part in ["query", "key", "value"] {
          all += linear("\(name).attention.self.\(part)", 4, 4)
        }
        all +=
          linear("\(name).attention.output.dense", 4, 4)
          + norm("\(name).attention.output.LayerNorm")
        all += linear("\(name).intermediate.dense", 6, 4) + linear("\(name).output.dense", 4, 6)
        all += norm("\(name).output.LayerNorm")
      }
      all += linear("pooler.dense", 4, 4)
      guard hasHead else { return all }
      return all + linear("cls.predictions.transform.dense", 4, 4)
        + norm("cls.predictions.transform.LayerNorm") + [("cls.predictions.bias", [pieces.count])]
    }

    /// Values of a tensor: small, different everywhere.
    func numbers(_ name: String, _ shape: [Int]) -> [Float] {
      let count = shape.reduce(1, *)
      return values[name]
        ?? (0..<count).map { Float(($0 * 37 + name.utf8.count * 11) % 19 - 9) / 16 }
    }

    func write(to folder: URL, _ extra: [(String, [Int])] = []) throws {
      try Data(configuration.utf8).write(to: folder.appending(path: "config.json"))
      try Data((pieces.joined(separator: "\n") + "\n").utf8)
        .write(to: folder.appending(path: "vocab.txt"))
      let all = (shapes + extra).filter { !missing.contains($0.0) }
        .map { ($0.0, shapesInstead[$0.0] ?? $0.1) }
      let buffers = all.map { numbers($0.0, $0.1) }
      var tensors: [SafeTensors.Tensor] = []
      for ((name, shape), numbers) in zip(all, buffers) {
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: numbers.count)
        _ = memory.initialize(from: numbers)
        let full = name.hasPrefix("cls.") ? name : prefix + name
        tensors.append(SafeTensors.Tensor(full, shape: shape, UnsafeBufferPointer(memory)))
      }
      let head = try #require(SafeTensors.beginning(of: tensors, metadata: ["format": "pt"]))
      try Data(tensors.reduce(head) { $0 + $1.elements })
        .write(to: folder.appending(path: "model.safetensors"))
    }
  }

  /// Imports a folder, and loads the file into an encoder with a head.
  private func imported(
    _ published: Published, _ extra: [(String, [Int])] = [],
    _ body: (borrowing TransformerFile, TransformerFile.Coverage, [String: [Float]]) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      try published.write(to: folder, extra)
      let path = folder.appending(path: "weights.h5").path
      let source = try TransformerImport(folder.path)
      try source.write(to: path)
      var file = try TransformerFile(path)
      var layout = ParameterLayout()
      let encoder = TransformerEncoder(file.shape, in: &layout)
      _ = TokenHead(
        "head.token", words: encoder.embedding.word, epsilon: file.shape.epsilon, in: &layout)
      let slab = Slab(count: layout.count)
      let coverage = try file.load(layout, into: slab)
      let record = try #require(try file.reference())
      #expect(record.difference(to: encoder, on: Tape(parameters: slab)) == 0)
      let values = Dictionary(
        uniqueKeysWithValues: layout.parameters.map { ($0.name, Array(slab.buffer[$0.values])) })
      try body(file, coverage, values)
    }
  }

  @Test(
    "every tensor is found in its parameter, whichever names its authors gave",
    arguments: [
      ("bert.", "weight"), ("", "gamma"), ("module.bert.", "weight"),
    ])
  func names(prefix: String, gamma: String) throws {
    var published = Published()
    (published.prefix, published.gamma) = (prefix, gamma)
    try imported(published) { (file, coverage, values) in
      #expect(file.shape.layers == 2 && file.shape.heads == 2 && file.shape.inner == 6)
      #expect(file.sourceName == "tiny" && !file.isCased)
      #expect(file.vocabulary.pieces.names == published.pieces)
      #expect(coverage.missing.isEmpty && coverage.unused.isEmpty)
      let pairs = [
        ("embed.word", "embeddings.word_embeddings.weight"),
        ("layer.01.att.k.w", "encoder.layer.1.attention.self.key.weight"),
        ("layer.00.att.o.b", "encoder.layer.0.attention.output.dense.bias"),
        ("layer.01.ffn.in.w", "encoder.layer.1.intermediate.dense.weight"),
        ("layer.00.ffn.out.w", "encoder.layer.0.output.dense.weight"),
        ("head.token.dense.w", "cls.predictions.transform.dense.weight"),
        ("head.token.bias", "cls.predictions.bias"),
        ("layer.00.ffn.ln.gamma", "encoder.layer.0.output.LayerNorm.\(gamma)"),
      ]
      for (own, theirs) in pairs {
        let shape = try #require(published.shapes.first { $0.name == theirs }?.shape)
        #expect(values[own] == published.numbers(theirs, shape), "\(own)")
      }
    }
  }

  @Test("of UniLM's six segments the fifth and sixth are source and target")
  func segments() throws {
    var published = Published()
    published.segments = 6
    published.configuration = #"{"num_attention_heads": 1}"#
    try imported(published) { (file, _, values) in
      let all = published.numbers("embeddings.token_type_embeddings.weight", [6, 4])
      #expect(values["embed.segment"] == Array(all[16..<24]))
      #expect(file.shape.segments == 2 && file.shape.epsilon == 1e-5)
    }
  }

  @Test("weights without a head are imported, and its absence is told")
  func noHead() throws {
    var published = Published()
    (published.hasHead, published.prefix) = (false, "")
    try imported(published, [("lm.extra", [2])]) { (_, coverage, _) in
      #expect(coverage.missing == ["head.token"])
    }
    try withTemporaryDirectory { folder in
      try published.write(to: folder, [("lm.extra", [2])])
      let source = try TransformerImport(folder.path)
      #expect(!source.hasTokenHead && source.unused == ["lm.extra"])
    }
  }

  /// Folders that are refused, with the line that says why.
  private static let refused: [(change: @Sendable (inout Published) -> Void, line: String)] = [
    (
      { $0.configuration = #"{"num_attention_heads": 3}"# },
      "/config.json: 'num_attention_heads' is 3, which does not divide 4 columns"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "hidden_act": "relu"}"# },
      "/config.json: 'hidden_act' is 'relu'; tercet computes gelu alone"
    ),
    ({ $0.configuration = "{}" }, "/config.json: has no 'num_attention_heads'"),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "layer_norm_eps": 0}"# },
      "/config.json: 'layer_norm_eps' is 0.0; expected above 0, below 1"
    ),
    (
      { $0.shapesInstead["embeddings.word_embeddings.weight"] = [28] },
      "/model.safetensors: 'embeddings.word_embeddings.weight' has the shape [28]; a matrix is expected"
    ),
    (
      { $0.shapesInstead["encoder.layer.0.intermediate.dense.weight"] = [0, 4] },
      "/model.safetensors: 'encoder.layer.0.intermediate.dense.weight' has the shape [0, 4]; a matrix "
        + "is expected"
    ),
    (
      { $0.shapesInstead["embeddings.token_type_embeddings.weight"] = [2, 2] },
      "/model.safetensors: 'embeddings.token_type_embeddings.weight' has the shape [2, 2]; [2, 4] is "
        + "expected"
    ),
    (
      { $0.segments = 3 },
      "/model.safetensors: has 3 kinds of segments; expected 2, as in BERT, or 6, as in UniLM"
    ),
    (
      { $0.missing = ["encoder.layer.1.attention.self.key.bias"] },
      "/model.safetensors: 'encoder.layer.1.attention.self.key.bias' is missing; is it a BERT?"
    ),
    (
      { $0.values["encoder.layer.0.output.dense.bias"] = [0, .nan, 0, 0] },
      "/model.safetensors: 'encoder.layer.0.output.dense.bias' holds a value that is no finite number"
    ),
  ]

  @Test("a folder that is no BERT is refused in one line", arguments: refused.indices)
  func refusals(index: Int) throws {
    let (change, line) = Self.refused[index]
    var published = Published()
    change(&published)
    try withTemporaryDirectory { folder in
      try published.write(to: folder)
      do {
        try TransformerImport(folder.path).write(to: folder.appending(path: "w.h5").path)
        Issue.record("imported")
      } catch {
        #expect("\(error)" == folder.path + line)
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "w.h5").path))
    }
  }

  @Test("a head whose matrix is not the table of words is refused")
  func untied() throws {
    var published = Published()
    let tied = ("cls.predictions.decoder.weight", [7, 4])
    published.values[tied.0] = published.numbers("embeddings.word_embeddings.weight", [7, 4])
    try imported(published, [tied]) { (_, coverage, _) in #expect(coverage.unused.isEmpty) }
    published.values[tied.0]?[3] += 1
    try withTemporaryDirectory { folder in
      try published.write(to: folder, [tied])
      let error = #expect(throws: ImportError.self) { () throws in
        _ = try TransformerImport(folder.path)
      }
      #expect(
        error?.description.hasSuffix(
          "'cls.predictions.decoder.weight' differs from 'embeddings.word_embeddings.weight'; "
            + "tercet's head has the values of that") ?? false)
    }
  }

  @Test("a pickle is not opened; the line names the script that makes safetensors of it")
  func pickle() throws {
    try withTemporaryDirectory { folder in
      try Published().write(to: folder)
      try FileManager.default.moveItem(
        at: folder.appending(path: "model.safetensors"),
        to: folder.appending(path: "pytorch_model.bin"))
      let error = #expect(throws: ImportError.self) { () throws in
        _ = try TransformerImport(folder.path)
      }
      #expect(error?.description.contains("cluster/pytorch-to-safetensors") ?? false)
    }
  }

  @Test("a record that holds no numbers proves nothing")
  func unprovenRecord() throws {
    try imported(Published()) { (file, _, values) in
      var layout = ParameterLayout()
      let encoder = TransformerEncoder(file.shape, in: &layout)
      let slab = Slab(count: layout.count)
      for parameter in layout.parameters {
        _ = slab.buffer[parameter.values].update(fromContentsOf: values[parameter.name] ?? [])
      }
      let record = try ReferenceRecord(
        ids: [2, 5, 3], segments: [0, 0, 1],
        hidden: ([3, 4], [Float](repeating: .nan, count: 12)), of: file.shape, in: "f")
      #expect(record.difference(to: encoder, on: Tape(parameters: slab)) == .infinity)
    }
  }
}
