/// Decodes from one node and records the keys that decoding asks for; all others are unknown.
struct NodeDecoder: Decoder {
  let node: Node
  let path: [String]
  let asked: AskedKeys

  var codingPath: [any CodingKey] { path.map(PathKey.init(stringValue:)) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .mapping(let entries) = node.value else { throw mismatch("a section of keys") }
    return KeyedDecodingContainer(KeyedNodes(decoder: self, entries: entries))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .sequence(let nodes) = node.value else { throw mismatch("a list") }
    return UnkeyedNodes(decoder: self, nodes: nodes)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleNode(decoder: self)
  }

  /// Decodes the whole node.
  ///
  /// - Throws: `ConfigurationError` for a wrong type or case, or an error of `T`'s own.
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if let scalarType = type as? any ScalarValue.Type, let value = try read(scalarType) as? T {
      return value
    }
    if let enumeration = type as? any CaseIterable.Type, let names = Self.names(of: enumeration) {
      guard case .scalar(let scalar) = node.value, !node.isNull, names.contains(scalar.text) else {
        throw error("must be one of \(names.joined(separator: ", ")); found \(node.found)")
      }
    }
    return try T(from: self)
  }

  func child(_ node: Node, _ key: String) -> NodeDecoder {
    NodeDecoder(node: node, path: path + [key], asked: asked)
  }

  func error(_ text: String) -> ConfigurationError {
    let subject = path.isEmpty ? "the configuration" : Wording.quoted(path.pathText)
    return ConfigurationError(at: node.position, "\(subject) \(text)")
  }

  private func mismatch(_ expectation: String) -> ConfigurationError {
    error("must be \(expectation), found \(node.found)")
  }

  private func read<S: ScalarValue>(_ type: S.Type) throws -> S {
    guard case .scalar(let scalar) = node.value else {
      throw mismatch(S.expectation(for: nil))
    }
    guard let value = S(scalar: scalar) else { throw mismatch(S.expectation(for: scalar)) }
    return value
  }

  /// The raw texts of an enumeration's cases; `nil` where some case has none.
  private static func names<C: CaseIterable>(of type: C.Type) -> [String]? {
    let names = C.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    return names.isEmpty || names.count < C.allCases.count ? nil : names
  }
}

/// The keys that decoding asked for in each section, in the order of asking.
final class AskedKeys {
  private var places: [[String]: [String: Int]] = [:]

  func ask(_ key: String, in path: [String]) {
    let known = places[path, default: [:]]
    if known[key] == nil { places[path, default: [:]][key] = known.count }
  }

  func keys(in path: [String]) -> [String] {
    (places[path] ?? [:]).sorted { $0.value < $1.value }.map(\.key)
  }

  /// An error about the first key in `node` that decoding did not ask for.
  func firstUnknownKey(
    in node: Node, _ meanings: (any KeyMeanings)?, at path: [String] = []
  ) -> ConfigurationError? {
    switch node.value {
    case .scalar: return nil
    case .sequence(let nodes):
      for (i, element) in nodes.enumerated() {
        if let error = firstUnknownKey(in: element, meanings, at: path + ["[\(i)]"]) {
          return error
        }
      }
    case .mapping(let entries):
      let known = places[path] ?? [:]
      for entry in entries {
        if known[entry.key] == nil { return unknown(entry, in: path, meanings) }
        if let error = firstUnknownKey(in: entry.node, meanings, at: path + [entry.key]) {
          return error
        }
      }
    }
    return nil
  }

  private func unknown(
    _ entry: Entry, in path: [String], _ meanings: (any KeyMeanings)?
  ) -> ConfigurationError {
    let known = keys(in: path)
    var text = "unknown key \(Wording.quoted(entry.key))"
    if !path.isEmpty { text += " in \(Wording.quoted(path.pathText))" }
    let meant = meant(by: entry.key, in: path, meanings).map { Self.place(of: $0, from: path) }
    if !meant.isEmpty {
      text += "; did you mean \(meant.joined(separator: " or "))?"
    } else if !known.isEmpty {
      text += "; known keys: \(known.joined(separator: ", "))"
    }
    return ConfigurationError(at: entry.position, text)
  }

  /// The whole keys that an unknown key may mean: by what its name stands for, by a name like it in its section, or by
  /// its last part in any section. A key with dots counts as one of the section that it names.
  private func meant(
    by key: String, in path: [String], _ meanings: (any KeyMeanings)?
  ) -> [String] {
    let parts = path + key.path
    let (section, name) = (Array(parts.dropLast()), parts[parts.count - 1])
    if let keys = meanings?.keys(meantBy: parts.pathText), !keys.isEmpty { return keys }
    if let nearest = Wording.nearest(to: name, among: keys(in: section)) {
      return [(section + [nearest]).pathText]
    }
    if let keys = meanings?.keys(meantBy: name), !keys.isEmpty { return keys }
    guard let near = meanings?.key(like: name) else { return [] }
    return [near]
  }

  /// A whole key as it stands in a file, seen from the section of `path`.
  private static func place(of key: String, from path: [String]) -> String {
    let section = Array(key.path.dropLast())
    let name = Wording.quoted(key.path[section.count])
    if section == path { return name }
    return section.isEmpty
      ? "\(name) outside of it" : "\(name) in \(Wording.quoted(section.pathText)) (\(key))"
  }
}

/// A key of a section, or the index of an element in a list.
struct PathKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) { stringValue = "[\(intValue)]" }
}
