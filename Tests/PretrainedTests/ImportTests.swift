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
      try withLoaded(path, body)
    }
  }

  @Test(
    "letters are what the tokeniser's settings say, or else the pieces",
    arguments: [
      (#"{"do_lower_case": true}"#, Casing.uncased), (#"{"do_lower_case": false}"#, .cased),
      (#"{"do_lower_case": true, "strip_accents": false}"#, .lowercase),
      (#"{"do_lower_case": true, "strip_accents": null}"#, .uncased),
      (#"{"strip_accents": false}"#, .lowercase), ("{}", .uncased),
    ])
  func letters(settings: String, casing: Casing) throws {
    var published = Published()
    published.tokenizer = settings
    try imported(published) { (file, _, _) in #expect(file.casing == casing) }
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
      #expect(file.sourceName == "tiny" && file.casing == .uncased)
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

  @Test("the head's bias is found under its decoder's name too")
  func decoderBias() throws {
    var published = Published()
    published.missing = ["cls.predictions.bias"]
    let bias = ("cls.predictions.decoder.bias", [7])
    try imported(published, [bias]) { (_, coverage, values) in
      #expect(coverage.missing.isEmpty && coverage.unused.isEmpty)
      #expect(values["head.token.bias"] == published.numbers(bias.0, bias.1))
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
