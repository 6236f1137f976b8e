import Checkpoints
import Foundation
import Testing

/// A BERT of two layers of width 4, as its authors publish it, to be spoilt by tests.
struct Published {
  var configuration =
    #"{"num_attention_heads": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "_name_or_path": "tiny"}"#
  /// `tokenizer_config.json`; `nil` for none.
  var tokenizer: String?
  var pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b"]
  var layers = 2
  var positions = 16
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
        ("embeddings.position_embeddings.weight", [positions, 4]),
        ("embeddings.token_type_embeddings.weight", [segments, 4]),
      ] + norm("embeddings.LayerNorm")
    for block in 0..<layers {
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
    if let tokenizer {
      try Data(tokenizer.utf8).write(to: folder.appending(path: "tokenizer_config.json"))
    }
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
