/// The `model` section of a configuration, as one family of models reads it.
public protocol ModelOptions: Codable, Sendable {
  /// Throws the first option that the model cannot work with.
  func validate() throws(InvalidOption)
}

/// An option that a model cannot work with.
public struct InvalidOption: Error, CustomStringConvertible, Sendable {
  /// The key below `model`, such as `dropout`.
  public let key: String
  /// The value that was found.
  public let found: String
  /// The values that would do.
  public let expected: String

  /// Makes the error of one key.
  public init(key: String, found: String, expected: String) {
    self.key = key
    self.found = found
    self.expected = expected
  }

  /// One line for the user.
  public var description: String { "'\(key)' must be \(expected), found \(found)" }
}
