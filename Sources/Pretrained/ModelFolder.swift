import Checkpoints
import Corpora
import Foundation

/// A folder of a BERT's, MiniLM's or UniLM's weights as their authors publish them: `config.json`, `vocab.txt` and
/// `model.safetensors`.
struct ModelFolder: ~Copyable {
  /// What `config.json` says, as far as it is read; sizes are `nil` where it does not give them.
  struct Configuration {
    let heads: Int
    let layers: Int?
    let hidden: Int?
    let inner: Int?
    let vocabulary: Int?
    let positions: Int?
    let segments: Int?
    let epsilon: Double?
    let source: String?
    let lowercases: Bool?
  }

  let path: String
  let configuration: Configuration
  let vocabulary: PieceVocabulary
  let casing: Casing
  let weights: SafeTensorsFile
  /// The tensors' names in the file by those of ``BERTNames``.
  let names: [String: String]

  /// Opens a folder.
  ///
  /// - Throws: `ImportError`, `CheckpointError` or `CorpusError` with the file and what to do.
  init(_ path: String) throws {
    let configuration = try Self.configuration(path)
    let vocabulary = try Self.vocabulary(path + "/vocab.txt")
    let tokenizer = try SettingsFile(path + "/tokenizer_config.json")
    let casing = try Self.casing(tokenizer, configuration, vocabulary)
    let file = path + "/model.safetensors"
    if !FileManager.default.fileExists(atPath: file) { throw Self.noWeights(path) }
    let weights = try SafeTensorsFile(file)
    names = try Self.names(in: weights)
    (self.path, self.configuration, self.vocabulary) = (path, configuration, vocabulary)
    self.casing = casing
    self.weights = weights
  }

  private static func vocabulary(_ path: String) throws -> PieceVocabulary {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ImportError(
        description:
          "\(path): no such file; it holds the pieces of words, one a line, in the order "
          + "of the weights' rows: take it from where the weights come from, such as the model's "
          + "page at Hugging Face")
    }
    return try PieceVocabulary.read(path)
  }

  /// The tensors' names in the file by those of ``BERTNames``.
  ///
  /// - Throws: `ImportError` naming two tensors that differ in a prefix or in the age of their names alone.
  private static func names(
    in weights: borrowing SafeTensorsFile
  ) throws(ImportError) -> [String: String] {
    var names: [String: String] = [:]
    for name in weights.entries.keys.sorted() {
      let plain = BERTNames.plain(name)
      let earlier = names.updateValue(name, forKey: plain)
      guard let earlier, !BERTNames.isDropped(plain) else { continue }
      throw ImportError(
        description: "\(weights.path): '\(earlier)' and '\(name)' both stand for '\(plain)'; "
          + "expected one of them: leave the other out")
    }
    return names
  }

  /// The letters of the pieces, as the tokeniser's settings say, or else the pieces themselves.
  private static func casing(
    _ tokenizer: SettingsFile?, _ configuration: Configuration, _ vocabulary: PieceVocabulary
  ) throws(ImportError) -> Casing {
    let lowercases =
      try tokenizer?.truth("do_lower_case") ?? configuration.lowercases ?? !vocabulary.hasCapitals
    let stripsAccents = try tokenizer?.truth("strip_accents") ?? lowercases
    guard lowercases || !stripsAccents else {
      throw ImportError(
        description: "\(tokenizer?.path ?? "?"): 'strip_accents' is true for pieces with capital "
          + "letters; tercet takes accents off in lower case alone")
    }
    return lowercases ? (stripsAccents ? .uncased : .lowercase) : .cased
  }

  private static let wholeFolder =
    "expected a folder with config.json, vocab.txt and model.safetensors"

  private static func configuration(_ path: String) throws(ImportError) -> Configuration {
    guard let file = try SettingsFile(path + "/config.json") else {
      throw ImportError(
        description: "\(path)/config.json: no such file; \(wholeFolder)")
    }
    try checkForms(in: file)
    return Configuration(
      heads: try file.requiredCount("num_attention_heads"),
      layers: try file.count("num_hidden_layers"), hidden: try file.count("hidden_size"),
      inner: try file.count("intermediate_size"), vocabulary: try file.count("vocab_size"),
      positions: try file.count("max_position_embeddings"),
      segments: try file.count("type_vocab_size"), epsilon: try epsilon(in: file),
      source: try file.text("_name_or_path"),
      lowercases: try file.truth("do_lower_case"))
  }

  /// Refuses another function, and other positions, than tercet has.
  private static func checkForms(in file: SettingsFile) throws(ImportError) {
    if let activation = try file.text("hidden_act"), activation != "gelu" {
      throw ImportError(
        description: "\(file.path): 'hidden_act' is '\(activation)'; tercet computes gelu alone")
    }
    if let positions = try file.text("position_embedding_type"), positions != "absolute" {
      throw ImportError(
        description: "\(file.path): 'position_embedding_type' is '\(positions)'; tercet has "
          + "absolute positions alone")
    }
  }

  private static func epsilon(in file: SettingsFile) throws(ImportError) -> Double? {
    let key = "layer_norm_eps"
    guard let epsilon = try file.number(key) else { return nil }
    if let fault = NormEpsilon.fault(of: epsilon) {
      throw ImportError(description: "\(file.path): '\(key)' \(fault)")
    }
    return epsilon
  }

  /// The error about a folder without `model.safetensors`.
  private static func noWeights(_ path: String) -> ImportError {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    let pickle = "pytorch_model.bin"
    if names.contains(pickle) {
      return ImportError(
        description:
          "\(path): has no model.safetensors, but a pickle of PyTorch, which tercet never "
          + "opens; make one of it: cluster/pytorch-to-safetensors \(path)/\(pickle)")
    }
    guard let part = names.first(where: isPart) else {
      return ImportError(
        description: "\(path)/model.safetensors: no such file; \(wholeFolder)")
    }
    return ImportError(
      description: "\(path): has its weights in parts (\(part)), and tercet reads one file, "
        + "model.safetensors; load the model by Hugging Face's transformers, with its head for "
        + "tokens, and save it anew by save_pretrained with max_shard_size=\"100GB\"")
  }

  /// Whether a file is a part of weights, or the list of the parts.
  private static func isPart(_ name: String) -> Bool {
    let isList = name.hasSuffix(".safetensors.index.json") || name.hasSuffix(".bin.index.json")
    return isList || name.contains(/-\d+-of-\d+\.(safetensors|bin)$/)
  }
}

extension ModelFolder {
  /// The extents of a tensor of floating-point numbers, whose bytes are in the file.
  borrowing func extents(_ tensor: String) throws(CheckpointError) -> [Int] {
    guard let name = names[tensor], let entry = weights.entries[name] else {
      throw missing(tensor)
    }
    guard ["F32", "F16", "BF16"].contains(entry.dtype) else {
      throw CheckpointError(
        weights.path, name: tensor, problem: "holds \(entry.dtype); F32, F16 or BF16 is expected")
    }
    return entry.shape
  }

  /// An error about a tensor that is not there.
  borrowing func missing(_ tensor: String) -> CheckpointError {
    CheckpointError(weights.path, name: tensor, problem: "is missing; is it a BERT?")
  }

  /// The rows and columns of a matrix, both above 0.
  borrowing func matrix(_ tensor: String) throws(CheckpointError) -> (rows: Int, columns: Int) {
    let found = try extents(tensor)
    guard found.count == 2, found.allSatisfy({ $0 > 0 }) else {
      throw CheckpointError(
        weights.path, name: tensor, problem: "has the shape \(found); a matrix is expected")
    }
    return (found[0], found[1])
  }

  /// The values of a tensor, row-major.
  borrowing func floats(_ tensor: String) throws(CheckpointError) -> [Float] {
    try weights.floats(names[tensor] ?? tensor).values
  }
}

/// A folder of weights that cannot be imported, or what is no file of imported ones: file, finding, remedy.
public struct ImportError: Error, CustomStringConvertible, Equatable {
  /// One line.
  public let description: String
}

extension PieceVocabulary {
  /// Whether a piece that stands for text has a capital letter.
  fileprivate var hasCapitals: Bool {
    (0..<count).contains { id in
      !isSpecial(Int32(id)) && pieces[id].unicodeScalars.contains { ("A"..."Z").contains($0) }
    }
  }
}
