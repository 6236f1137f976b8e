import Corpora

/// All models; a new model is added to ``all`` and nowhere else.
public enum ModelList {
  /// The type of each model; configuration takes names, options and builder from the type.
  public static let all: [any ExtractionModel.Type] = [
    CopyRE.self, CopyREPrime.self, CopyREPrime5.self, CopyMTL.self, HMT.self, RIN.self,
    Cascade.self, Generative.self, WordSequence.self,
  ]

  /// The model of a name, in upper or lower case; `nil` if unknown.
  public static func type(named name: String) -> (any ExtractionModel.Type)? {
    all.first { $0.names.contains(name.lowercased()) }
  }

  /// The canonical name of each model, for messages.
  public static var names: [String] { all.map { $0.names[0] } }
}

/// The `model` section of a configuration: a model and its options.
public struct ModelSection: Codable, Sendable {
  /// The model's canonical name, such as `copymtl`.
  public let kind: String
  /// The model's options, of the type that ``type`` declares.
  public private(set) var options: any ModelOptions

  private enum Key: CodingKey {
    case kind
  }

  /// Makes the section of the named model's published settings; `nil` if no model has the name.
  public init?(kind: String) {
    guard let type = ModelList.type(named: kind) else { return nil }
    self.kind = type.names[0]
    options = type.defaults
  }

  /// Decodes `kind` and the options of that model.
  ///
  /// - Throws: `DecodingError` if no model has the name, or for the first wrong option.
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

  /// Encodes `kind` beside the options' keys.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: .kind)
    try options.encode(to: encoder)
  }

  /// The model type of ``kind``.
  public var type: any ExtractionModel.Type {
    guard let type = ModelList.type(named: kind) else {
      preconditionFailure("no model is named \(kind)")
    }
    return type
  }

  /// The section with other values of ``ModelOptions/thresholds``.
  public func with(_ thresholds: [Threshold]) -> ModelSection {
    var section = self
    section.options.thresholds = thresholds
    return section
  }

  /// The section without ``ModelOptions/pretrained``.
  public var withoutPretrained: ModelSection {
    var section = self
    section.options.pretrained = ""
    return section
  }

  /// Collects the model's lists and sizes from a training split.
  ///
  /// - Parameter minimumCount: `data.minimumCount`; rarer words are unknown.
  public func vocabularies(of training: [Sentence], minimumCount: Int = 1) -> Vocabularies {
    type.collected(training, options, minimumCount)
  }

  /// What keeps the model from being built for vocabularies; `nil` for nothing.
  public func fault(of vocabularies: Vocabularies) -> String? { type.found(vocabularies, options) }

  /// Builds the model for a corpus's vocabularies.
  ///
  /// - Precondition: ``fault(of:)`` finds none in them.
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
    Self(options: own(options), vocabularies: vocabularies)
  }

  fileprivate static func collected(
    _ training: [Sentence], _ options: any ModelOptions, _ minimumCount: Int
  ) -> Vocabularies {
    vocabularies(of: training, options: own(options), minimumCount: minimumCount)
  }

  fileprivate static func found(_ vocabularies: Vocabularies, _ options: any ModelOptions)
    -> String?
  {
    fault(of: vocabularies, own(options))
  }

  private static func own(_ options: any ModelOptions) -> Options {
    guard let options = options as? Options else {
      preconditionFailure("\(type(of: options)) are not options of \(names[0])")
    }
    return options
  }
}
