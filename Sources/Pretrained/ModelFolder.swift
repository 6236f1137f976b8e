import Checkpoints
import Corpora
import Foundation

/// A folder of a BERT's, MiniLM's or UniLM's weights as their authors publish them: `config.json`, `vocab.txt` and
/// `model.safetensors`.
struct ModelFolder: ~Copyable {
  /// What `config.json` says, as far as it is read.
  struct Configuration: Decodable {
    var heads: Int
    var epsilon: Double?
    var activation: String?
    var positions: String?
    var source: String?
    var lowercases: Bool?

    private enum CodingKeys: String, CodingKey {
      case heads = "num_attention_heads"
      case epsilon = "layer_norm_eps"
      case activation = "hidden_act"
      case positions = "position_embedding_type"
      case source = "_name_or_path"
      case lowercases = "do_lower_case"
    }
  }

  /// What `tokenizer_config.json` says.
  private struct TokenizerConfiguration: Decodable {
    var lowercases: Bool?

    private enum CodingKeys: String, CodingKey {
      case lowercases = "do_lower_case"
    }
  }

  let path: String
  let configuration: Configuration
  let vocabulary: PieceVocabulary
  let isCased: Bool
  let weights: SafeTensorsFile
  /// The tensors' names in the file by those of ``BERTNames``.
  let names: [String: String]

  /// Opens a folder.
  ///
  /// - Throws: `ImportError`, `CheckpointError` or `CorpusError` with the file and what to do.
  init(_ path: String) throws {
    let configuration = try Self.configuration(path)
    let vocabulary = try PieceVocabulary.read(path + "/vocab.txt")
    let tokenizer = try Self.decoded(TokenizerConfiguration.self, path + "/tokenizer_config.json")
    let file = path + "/model.safetensors"
    if !FileManager.default.fileExists(atPath: file) { throw Self.noWeights(path) }
    let weights = try SafeTensorsFile(file)
    names = Dictionary(
      weights.entries.keys.sorted().map { (BERTNames.plain($0), $0) },
      uniquingKeysWith: { first, _ in first })
    let lowercases = tokenizer?.lowercases ?? configuration.lowercases
    isCased = lowercases.map { !$0 } ?? vocabulary.hasCapitals
    (self.path, self.configuration, self.vocabulary) = (path, configuration, vocabulary)
    self.weights = weights
  }

  private static func configuration(_ path: String) throws -> Configuration {
    let file = path + "/config.json"
    guard let found = try decoded(Configuration.self, file) else {
      throw ImportError(
        description: "\(file): no such file; expected a folder with config.json, vocab.txt and "
          + "model.safetensors")
    }
    if let activation = found.activation, activation != "gelu" {
      throw ImportError(
        description: "\(file): 'hidden_act' is '\(activation)'; tercet computes gelu alone")
    }
    if let epsilon = found.epsilon, !(epsilon > 0 && epsilon < 1) {
      throw ImportError(
        description: "\(file): 'layer_norm_eps' is \(epsilon); expected above 0, below 1")
    }
    if let positions = found.positions, positions != "absolute" {
      throw ImportError(
        description: "\(file): 'position_embedding_type' is '\(positions)'; tercet has absolute "
          + "positions alone")
    }
    return found
  }

  /// A file of JSON; `nil` where it is not there.
  private static func decoded<Value: Decodable>(
    _ type: Value.Type, _ path: String
  ) throws -> Value? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
    } catch DecodingError.keyNotFound(let key, _) {
      throw ImportError(description: "\(path): has no '\(key.stringValue)'")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context) {
      let key = context.codingPath.last.map { "'\($0.stringValue)': " } ?? ""
      throw ImportError(description: "\(path): \(key)\(context.debugDescription)")
    } catch {
      throw ImportError(description: "\(path): cannot be read: \(error.localizedDescription)")
    }
  }

  private static func noWeights(_ path: String) -> ImportError {
    let old = path + "/pytorch_model.bin"
    return FileManager.default.fileExists(atPath: old)
      ? ImportError(
        description:
          "\(path): has no model.safetensors, but a pickle of PyTorch, which tercet never "
          + "opens; make one of it: cluster/pytorch-to-safetensors \(old)")
      : ImportError(description: "\(path)/model.safetensors: no such file")
  }
}

extension ModelFolder {
  /// The extents of a tensor.
  borrowing func extents(_ tensor: String) throws(CheckpointError) -> [Int] {
    guard let name = names[tensor], let entry = weights.entries[name] else {
      throw CheckpointError(weights.path, name: tensor, problem: "is missing; is it a BERT?")
    }
    return entry.shape
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

/// A folder of weights that cannot be imported: file, finding, remedy.
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
