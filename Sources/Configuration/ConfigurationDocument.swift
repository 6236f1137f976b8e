/// A configuration as the user wrote it, a YAML file and later overrides, with the position of every value. It knows
/// the meaning of no key.
public struct ConfigurationDocument: Sendable {
  let name: String
  var root: Node

  /// Reads one YAML file; one without any key is an empty configuration.
  ///
  /// - Parameter path: the file; messages name it as given here.
  /// - Throws: `ConfigurationError` where the file cannot be read, is larger than 1 MiB, is not UTF-8 or not YAML,
  ///   or holds anchors, aliases, tags, a key twice or several documents.
  public init(contentsOf path: String) throws(ConfigurationError) {
    try self.init(text: try ConfigurationFile.text(of: path), name: path)
  }

  /// Reads one YAML text.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - name: its name in messages.
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

  /// A copy with the values of `overrides`; of two for one key the later wins.
  ///
  /// - Throws: `ConfigurationError` where a key goes on below a single value or a list.
  public func overridden(
    by overrides: [ConfigurationOverride]
  ) throws(ConfigurationError) -> ConfigurationDocument {
    var document = self
    for override in overrides {
      document.root = try document.root.setting(override.path[...], to: override.value)
    }
    return document
  }

  /// The text of the value under a dotted key such as `model.kind`; `nil` where there is no value, a list or a
  /// section.
  public func string(at key: String) -> String? {
    guard let node = root[key.path], !node.isNull, case .scalar(let scalar) = node.value else {
      return nil
    }
    return scalar.text
  }

  /// The position of the value under a dotted key, `FILE:LINE:COLUMN` or `--set KEY=VALUE`; `nil` where the user
  /// wrote none.
  public func position(of key: String) -> String? { root[key.path]?.position.description }
}

/// One `--set KEY=VALUE`: a dotted key and a YAML value, single or a list in brackets.
public struct ConfigurationOverride: Hashable, Sendable, CustomStringConvertible {
  /// The override as the user gave it, `KEY=VALUE`.
  public let description: String
  let path: [String]
  let value: Node

  /// Parses `KEY=VALUE`.
  ///
  /// - Throws: `ConfigurationError` where `=` or the key is missing, or the value is no YAML or a section.
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
  /// The parts of a dotted key.
  var path: [String] { split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
}
