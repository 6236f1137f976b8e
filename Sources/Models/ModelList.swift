import Corpora

/// Every model. Name, options and builder of a model come from its entry here.
public enum ModelList {
  public static let all: [any ExtractionModel.Type] = [
    CopyRE.self, CopyREPrime.self, CopyREPrime5.self, CopyMTL.self,
  ]

  /// The model that a name means, whatever the case of its letters.
  public static func type(named name: String) -> (any ExtractionModel.Type)? {
    all.first { $0.names.contains(name.lowercased()) }
  }

  /// The names that are written, for messages.
  public static var names: [String] { all.map { $0.names[0] } }
}

/// The `model` section of a configuration: which model, and what it is told.
public struct ModelSection: Codable, Sendable {
  public let kind: String
  public let options: any ModelOptions

  private enum Key: CodingKey {
    case kind
  }

  /// The published settings of the model of that name, if there is one.
  public init?(kind: String) {
    guard let type = ModelList.type(named: kind) else { return nil }
    self.kind = type.names[0]
    options = type.defaults
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .kind)
    guard let type = ModelList.type(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "one of \(ModelList.names.joined(separator: ", "))")
    }
    kind = type.names[0]
    options = try type.options(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: .kind)
    try options.encode(to: encoder)
  }

  /// The type of the model.
  public var type: any ExtractionModel.Type {
    guard let type = ModelList.type(named: kind) else {
      preconditionFailure("no model is named \(kind)")
    }
    return type
  }

  /// Builds the model for a corpus.
  public func model(for vocabularies: Vocabularies) -> any ExtractionModel {
    type.build(options, vocabularies)
  }
}

extension ExtractionModel {
  fileprivate static func options(from decoder: any Decoder) throws -> any ModelOptions {
    try Options(from: decoder)
  }

  fileprivate static func build(
    _ options: any ModelOptions, _ vocabularies: Vocabularies
  ) -> any ExtractionModel {
    guard let options = options as? Options else {
      preconditionFailure("\(type(of: options)) are not options of \(names[0])")
    }
    return Self(options: options, vocabularies: vocabularies)
  }
}
