/// A configuration as a person wrote it: a YAML file and the values that were set after it. It
/// knows the meaning of no key.
public struct ConfigurationDocument: Sendable {
  let name: String
  var root: Node

  /// Reads one YAML file; one without any key is an empty configuration.
  ///
  /// - Parameter path: the file, which messages name as it is given here.
  /// - Throws: `ConfigurationError` where the file cannot be read, is larger than 1 MiB, is not
  ///   UTF-8 or not YAML, or holds anchors, aliases, tags, a key twice or several documents.
  public init(contentsOf path: String) throws(ConfigurationError) {
    try self.init(text: try ConfigurationFile.text(of: path), name: path)
  }

  /// Reads one YAML text.
  ///
  /// - Parameter name: what messages call the text.
  /// - Throws: `ConfigurationError` as for a file.
  public init(text: String, name: String) throws(ConfigurationError) {
    try ConfigurationFile.checkSize(text.utf8.count, of: name)
    let empty = Node(value: .mapping([]), position: .file(name: name, line: 1, column: 1))
    let root = try NodeReader.root(of: text, source: .file(name)) ?? empty
    self.name = name
    switch root.value {
    case .mapping: self.root = root
    case .scalar where root.isNull: self.root = empty
    case .scalar, .sequence:
      throw ConfigurationError(
        at: root.position, "a configuration must be lines of 'key: value', found \(root.found)")
    }
  }

  /// This configuration with the values of `overrides`, the later of two winning.
  ///
  /// - Throws: `ConfigurationError` where a key leads into a single value or a list.
  public func overridden(
    by overrides: [ConfigurationOverride]
  ) throws(ConfigurationError) -> ConfigurationDocument {
    var document = self
    for override in overrides {
      document.root = try document.root.setting(override.path[...], to: override.value)
    }
    return document
  }

  /// The text written under a dotted key like `model.kind`; `nil` where there is nothing, a list or
  /// a section.
  public func string(at key: String) -> String? {
    guard let node = root[key.path], !node.isNull, case .scalar(let scalar) = node.value else {
      return nil
    }
    return scalar.text
  }

  /// Where the value under a dotted key was written, `FILE:LINE:COLUMN` or `--set KEY=VALUE`; `nil`
  /// where nobody wrote one.
  public func position(of key: String) -> String? { root[key.path]?.position.description }
}

/// One `--set KEY=VALUE`: a dotted key and a YAML value, single or a list in brackets.
public struct ConfigurationOverride: Hashable, Sendable, CustomStringConvertible {
  /// The override as it was given, `KEY=VALUE`.
  public let description: String
  let path: [String]
  let value: Node

  /// Reads `KEY=VALUE`.
  ///
  /// - Throws: `ConfigurationError` where `=` or the key is missing or the value is no YAML.
  public init(_ text: String) throws(ConfigurationError) {
    let position = Position.override(text)
    guard let equals = text.firstIndex(of: "=") else {
      throw ConfigurationError(at: position, "'=' is missing; write --set KEY=VALUE")
    }
    let key = String(text[..<equals])
    guard !key.path.contains(where: { $0.isEmpty || $0.contains(where: \.isWhitespace) }) else {
      throw ConfigurationError(
        at: position, "\(Wording.quoted(key)) is not a key; write names with dots between them")
    }
    guard key.path.count <= NodeReader.deepest else {
      throw ConfigurationError(at: position, "the key has more than \(NodeReader.deepest) names")
    }
    let written = String(text[text.index(after: equals)...])
    let value = try NodeReader.root(of: written, source: .override(text))
    if case .mapping = value?.value {
      throw ConfigurationError(
        at: position, "the value must be single or a list in brackets; set one key at a time")
    }
    description = text
    path = key.path
    self.value = value ?? Node(value: .scalar(.null), position: position)
  }
}

extension String {
  /// The keys of a dotted key.
  var path: [String] { split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
}
