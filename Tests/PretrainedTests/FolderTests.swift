import Foundation
import Layers
import TestSupport
import Testing

@testable import Pretrained

@Suite("Folders of published weights, by their files")
struct FolderTests {
  /// Files that a folder has in place of `model.safetensors` or without `vocab.txt`, and the line that says what to
  /// do; `FOLDER` stands for the folder.
  private static let cases: [(absent: String, instead: [String], line: String)] = [
    (
      "model.safetensors", ["pytorch_model.bin"],
      "FOLDER: has no model.safetensors, but a pickle of PyTorch, which tercet never opens; make one of "
        + "it: cluster/pytorch-to-safetensors FOLDER/pytorch_model.bin"
    ),
    (
      "model.safetensors",
      [
        "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
        "model.safetensors.index.json",
      ], parts("model-00001-of-00002.safetensors")
    ),
    (
      "model.safetensors", ["model.safetensors.index.json"], parts("model.safetensors.index.json")
    ),
    (
      "model.safetensors", ["pytorch_model-00001-of-00002.bin", "pytorch_model.bin.index.json"],
      parts("pytorch_model-00001-of-00002.bin")
    ),
    (
      "model.safetensors", ["model.onnx"],
      "FOLDER/model.safetensors: no such file; \(wholeFolder)"
    ),
    ("config.json", [], "FOLDER/config.json: no such file; \(wholeFolder)"),
    (
      "vocab.txt", ["tokenizer.json"],
      "FOLDER/vocab.txt: no such file; it holds the pieces of words, one a line, in the order of the "
        + "weights' rows: take it from where the weights come from, such as the model's page at "
        + "Hugging Face"
    ),
  ]

  private static func parts(_ name: String) -> String {
    "FOLDER: has its weights in parts (\(name)), and tercet reads one file, model.safetensors; "
      + "load the model by Hugging Face's transformers, with its head for tokens, and save it anew by "
      + "save_pretrained with max_shard_size=\"100GB\""
  }

  private static let wholeFolder =
    "expected a folder with config.json, vocab.txt and model.safetensors"

  @Test("a folder that lacks a file is refused with what to do", arguments: cases.indices)
  func missing(index: Int) throws {
    let (absent, instead, line) = Self.cases[index]
    try withTemporaryDirectory { folder in
      try Published().write(to: folder)
      try FileManager.default.removeItem(at: folder.appending(path: absent))
      for name in instead { try Data().write(to: folder.appending(path: name)) }
      let error = #expect(throws: ImportError.self) { () throws in
        _ = try TransformerImport(folder.path)
      }
      #expect(error?.description == line.replacing("FOLDER", with: folder.path))
    }
  }

  @Test("sizes that config.json has right are taken, of UniLM six kinds of segments")
  func sizes() throws {
    for segments in [2, 6] {
      var published = Published()
      published.segments = segments
      published.configuration =
        #"{"num_attention_heads": 2, "num_hidden_layers": 2, "hidden_size": 4, "#
        + #""intermediate_size": 6, "vocab_size": 7, "max_position_embeddings": 16, "#
        + #""type_vocab_size": \#(segments)}"#
      try withTemporaryDirectory { folder in
        try published.write(to: folder)
        #expect(try TransformerImport(folder.path).shape.segments == 2)
      }
    }
  }

  @Test(
    "two tensors of one name are refused, whether or not they are equal",
    arguments: [
      ("", "embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight"),
      ("", "encoder.layer.1.output.dense.bias", "module.encoder.layer.1.output.dense.bias"),
      ("bert.", "embeddings.LayerNorm.weight", "embeddings.LayerNorm.gamma"),
    ])
  func twins(prefix: String, name: String, twin: String) throws {
    var published = Published()
    published.prefix = prefix
    let shape = try #require(published.shapes.first { $0.name == name }?.shape)
    let names = [prefix + name, prefix + twin].sorted()
    for values in [published.numbers(name, shape), published.numbers(twin, shape)] {
      published.values = [name: published.numbers(name, shape), twin: values]
      try withTemporaryDirectory { folder in
        try published.write(to: folder, [(twin, shape)])
        let error = #expect(throws: ImportError.self) { () throws in
          _ = try TransformerImport(folder.path)
        }
        #expect(
          error?.description
            == "\(folder.path)/model.safetensors: '\(names[0])' and '\(names[1])' both stand for "
            + "'\(name)'; expected one of them: leave the other out")
      }
    }
  }

  @Test("of tensors that are passed over a second one is too")
  func droppedTwin() throws {
    var published = Published()
    published.prefix = ""
    try withTemporaryDirectory { folder in
      try published.write(to: folder, [("bert.pooler.dense.bias", [4])])
      #expect(try TransformerImport(folder.path).unused.isEmpty)
    }
  }
}
