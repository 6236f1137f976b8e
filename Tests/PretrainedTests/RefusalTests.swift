import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Pretrained

@Suite("Refusal of published weights")
struct RefusalTests {
  /// A change to a folder, and the line that says why it is refused; `FOLDER` stands for the folder.
  private typealias Refused = (change: @Sendable (inout Published) -> Void, line: String)

  /// Folders of what is no BERT, or none that tercet computes.
  private static let strange: [Refused] = [
    (
      { $0.configuration = #"{"num_attention_heads": 3}"# },
      "/config.json: 'num_attention_heads' is 3, which does not divide the width of "
        + "'embeddings.word_embeddings.weight', 4; take both files of one model"
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
      "/model.safetensors: 'embeddings.token_type_embeddings.weight' has the shape [3, 4]; expected 2 "
        + "rows, as in BERT, or 6, as in UniLM; take the weights of one of these"
    ),
    (
      { $0.missing = ["encoder.layer.1.attention.self.key.bias"] },
      "/model.safetensors: 'encoder.layer.1.attention.self.key.bias' is missing; is it a BERT?"
    ),
    (
      { $0.values["encoder.layer.0.output.dense.bias"] = [0, .nan, 0, 0] },
      "/model.safetensors: 'encoder.layer.0.output.dense.bias' holds a value that is no finite number"
    ),
    (
      { $0.values["encoder.layer.1.output.dense.bias"] = [0, .nan, 0, 0] },
      "/model.safetensors: 'encoder.layer.1.output.dense.bias' holds a value that is no finite number"
    ),
    (
      { $0.values["cls.predictions.bias"] = [0, 0, 0, 0, 0, 0, .infinity] },
      "/model.safetensors: 'cls.predictions.bias' holds a value that is no finite number"
    ),
  ]

  /// Sizes that differ from what other files say, and sizes of no model.
  private static let sizes: [Refused] = [
    (
      {
        // More pieces than the input that proves the weights would have positions for.
        $0.positions = 10
        $0.pieces += (0..<20).map { "word\($0)" }
      },
      "/model.safetensors: 'embeddings.position_embeddings.weight' has the shape [10, 4]; expected at "
        + "least 16 rows, the fewest positions of a model; take weights with more"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "num_hidden_layers": 3}"# },
      "/model.safetensors: has 2 blocks, but FOLDER/config.json: 'num_hidden_layers' is 3; expected as "
        + "many\(advice)"
    ),
    (
      {
        $0.layers = 1
        $0.configuration = #"{"num_attention_heads": 2, "num_hidden_layers": 2}"#
      },
      "/model.safetensors: has 1 block, but FOLDER/config.json: 'num_hidden_layers' is 2; expected as "
        + "many\(advice)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "hidden_size": 8}"# },
      "/model.safetensors: 'embeddings.word_embeddings.weight' has the shape [7, 4], but "
        + "FOLDER/config.json: 'hidden_size' is 8; expected [7, 8]\(advice)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "intermediate_size": 16}"# },
      "/model.safetensors: 'encoder.layer.0.intermediate.dense.weight' has the shape [6, 4], but "
        + "FOLDER/config.json: 'intermediate_size' is 16; expected [16, 4]\(advice)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "vocab_size": 30522}"# },
      "/model.safetensors: 'embeddings.word_embeddings.weight' has the shape [7, 4], but "
        + "FOLDER/config.json: 'vocab_size' is 30522; expected [30522, 4]\(advice)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "max_position_embeddings": 512}"# },
      "/model.safetensors: 'embeddings.position_embeddings.weight' has the shape [16, 4], but "
        + "FOLDER/config.json: 'max_position_embeddings' is 512; expected [512, 4]\(advice)"
    ),
    (
      {
        $0.segments = 6
        $0.configuration = #"{"num_attention_heads": 2, "type_vocab_size": 2}"#
      },
      "/model.safetensors: 'embeddings.token_type_embeddings.weight' has the shape [6, 4], but "
        + "FOLDER/config.json: 'type_vocab_size' is 2; expected [2, 4]\(advice)"
    ),
    (
      { $0.shapesInstead["embeddings.word_embeddings.weight"] = [1, 4] },
      "/vocab.txt: has 7 pieces, but 'embeddings.word_embeddings.weight' in FOLDER/model.safetensors has "
        + "the shape [1, 4]; expected as many rows: take both files of one model"
    ),
  ]
  private static let advice =
    ": take both files of one model, and the tensors of all parts of a checkpoint in one file"

  /// Tensors that are missing: of a block, a block, and of the head.
  private static let incomplete: [Refused] = [
    (
      {
        $0.layers = 3
        $0.missing = ["encoder.layer.1.attention.self.query.weight"]
      },
      "/model.safetensors: 'encoder.layer.1.attention.self.query.weight' is missing; is it a BERT?"
    ),
    (
      { published in
        published.layers = 3
        published.missing = Set(
          published.shapes.map(\.name).filter { $0.hasPrefix("encoder.layer.1.") })
      },
      "/model.safetensors: 'encoder.layer.1.attention.self.query.weight' is missing; is it a BERT?"
    ),
    (
      { $0.missing = ["cls.predictions.transform.LayerNorm.bias"] },
      "/model.safetensors: 'cls.predictions.transform.LayerNorm.bias' is missing, but "
        + "'cls.predictions.transform.dense.weight' is there; \(headAdvice)"
    ),
    (
      { $0.missing = ["cls.predictions.transform.dense.weight", "cls.predictions.bias"] },
      "/model.safetensors: 'cls.predictions.transform.dense.weight' is missing, but "
        + "'cls.predictions.transform.dense.bias' is there; \(headAdvice)"
    ),
    (
      { $0.shapesInstead["cls.predictions.transform.dense.weight"] = [4, 3] },
      "/model.safetensors: 'cls.predictions.transform.dense.weight' has the shape [4, 3]; [4, 4] is "
        + "expected"
    ),
    (
      { $0.shapesInstead["cls.predictions.bias"] = [6] },
      "/model.safetensors: 'cls.predictions.bias' has the shape [6]; [7] is expected"
    ),
  ]
  private static let headAdvice =
    "expected the whole head for tokens or nothing of it: take all tensors of the checkpoint, or leave "
    + "out those of cls.predictions"

  /// Values of `config.json` that are none.
  private static let settings: [Refused] = [
    (
      { $0.configuration = #"{"num_attention_heads": null}"# },
      "/config.json: 'num_attention_heads' is null; \(count)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 1e30}"# },
      "/config.json: 'num_attention_heads' is 1e+30; \(count)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 1e400}"# },
      "/config.json: 'num_attention_heads' is a list, an object or a number out of range; \(count)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "hidden_size": "4"}"# },
      "/config.json: 'hidden_size' is \"4\"; \(count)"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "layer_norm_eps": 1e-60}"# },
      "/config.json: 'layer_norm_eps' is 1e-60, as float32 0.0; expected above 0, below 1"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "layer_norm_eps": "small"}"# },
      "/config.json: 'layer_norm_eps' is \"small\"; expected a number"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "hidden_act": ["gelu"]}"# },
      "/config.json: 'hidden_act' is a list, an object or a number out of range; expected a text"
    ),
    (
      { $0.configuration = #"{"num_attention_heads": 2, "do_lower_case": 1}"# },
      "/config.json: 'do_lower_case' is 1; expected true or false"
    ),
    (
      { $0.tokenizer = #"{"do_lower_case": false, "strip_accents": true}"# },
      "/tokenizer_config.json: 'strip_accents' is true for pieces with capital letters; tercet takes "
        + "accents off in lower case alone"
    ),
    (
      { $0.configuration = "[2]" },
      "/config.json: holds no object of JSON; expected keys with values"
    ),
  ]
  private static let count = "expected a whole number from 1 to 2147483647"

  private static let cases = strange + sizes + incomplete + settings

  @Test("a folder that is no whole BERT is refused in one line", arguments: cases.indices)
  func refusals(index: Int) throws {
    let (change, line) = Self.cases[index]
    var published = Published()
    change(&published)
    try withTemporaryDirectory { folder in
      try published.write(to: folder)
      do {
        try TransformerImport(folder.path).write(to: folder.appending(path: "w.h5").path)
        Issue.record("imported")
      } catch {
        #expect("\(error)" == folder.path + line.replacing("FOLDER", with: folder.path))
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "w.h5").path))
    }
  }

  @Test("a tensor of whole numbers is refused before its shape is believed")
  func otherNumbers() throws {
    try withTemporaryDirectory { folder in
      try Published().write(to: folder)
      let file = folder.appending(path: "model.safetensors")
      let bytes = try Data(contentsOf: file)
      let end = 8 + bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = String(decoding: bytes[8..<end], as: UTF8.self).replacing(
        #""F32","shape":[16,4]"#, with: #""I32","shape":[\#(1 << 62),4]"#)
      let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
      try Data(length + header.utf8 + bytes[end...]).write(to: file)
      let error = #expect(throws: CheckpointError.self) { () throws in
        _ = try TransformerImport(folder.path)
      }
      #expect(
        error?.description.hasSuffix(
          "'embeddings.position_embeddings.weight' holds I32; F32, F16 or BF16 is expected")
          ?? false)
    }
  }
}
