import Corpora
import Layers

/// The options of one family of models, decoded from the `model` section of a configuration.
public protocol ModelOptions: Codable, Sendable {
  /// Checks the allowed range of each option.
  ///
  /// - Throws: the first option outside its range.
  func validate() throws(InvalidOption)
  /// The token by which the model finds an entity, where it classifies pairs of tokens and tags with BIOES.
  var pairAnchor: Anchor? { get }
  /// Whether predictions read words that the training split lacks from the file of word vectors.
  var readsExtraVectors: Bool { get }
  /// The model's thresholds, of which `evaluation.tuneThresholds` chooses the values: each in `0<..<1`, always with the
  /// same keys in the same order.
  var thresholds: [Threshold] { get set }
  /// The file of pretrained weights that parameters and pieces of words come from; empty for none. A checkpoint does
  /// not keep it.
  var pretrained: String { get set }
  /// The settings below `model` that weights of this form need and the options lack, as `KEY=VALUE`.
  func settings(for form: PretrainedForm) -> [String]
}

/// What pretrained weights of a transformer are made for.
public struct PretrainedForm: Sendable {
  /// The sizes.
  public let shape: TransformerShape
  /// The letters that the pieces were made for.
  public let casing: Casing

  /// Gathers the form of a file's weights.
  public init(shape: TransformerShape, casing: Casing) {
    (self.shape, self.casing) = (shape, casing)
  }
}

extension ModelOptions {
  /// None: the model does not classify pairs of tokens.
  public var pairAnchor: Anchor? { nil }
  /// They do not.
  public var readsExtraVectors: Bool { false }
  /// None.
  public var thresholds: [Threshold] {
    get { [] }
    set { precondition(newValue.isEmpty, "thresholds of a model that has none") }
  }
  /// None.
  public var pretrained: String {
    get { "" }
    set { precondition(newValue.isEmpty, "pretrained weights of a model that has none") }
  }
  /// None.
  public func settings(for form: PretrainedForm) -> [String] { [] }
}

/// An option outside its allowed range.
public struct InvalidOption: Error, CustomStringConvertible, Sendable {
  /// The key below `model`, such as `dropout`.
  public let key: String
  /// The configured value.
  public let found: String
  /// The allowed values, such as `in 0..<1`.
  public let expected: String

  /// Makes the error of one key.
  public init(key: String, found: String, expected: String) {
    self.key = key
    self.found = found
    self.expected = expected
  }

  /// The message for the user, one line.
  public var description: String { "'\(key)' must be \(expected), found \(found)" }
}
