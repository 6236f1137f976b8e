/// One value of a configuration, with the place where it was written.
struct Node: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case scalar(Scalar)
    case sequence([Node])
    /// In the order of writing; no key occurs twice.
    case mapping([Entry])
  }

  var value: Value
  let position: Position

  /// Whether nothing was written here, or `null`.
  var isNull: Bool {
    if case .scalar(let scalar) = value { scalar.isNull } else { false }
  }

  /// What a message says that it found here.
  var found: String {
    switch value {
    case .scalar(let scalar) where scalar.isNull: "nothing"
    case .scalar(let scalar) where scalar.style == .quoted:
      "the quoted text \(Wording.quoted(scalar.text))"
    case .scalar(let scalar): Wording.quoted(scalar.text)
    case .sequence: "a list"
    case .mapping: "a section of keys"
    }
  }
}

/// A key with its value.
struct Entry: Hashable, Sendable {
  let key: String
  var position: Position
  var node: Node
}

/// A text as it was written: a plain one may be a number, a truth value or nothing; a quoted one is
/// always a text.
struct Scalar: Hashable, Sendable {
  enum Style: Hashable, Sendable { case plain, quoted }

  let text: String
  let style: Style

  static let null = Scalar(text: "null", style: .plain)

  /// The nothings of YAML 1.2's core schema.
  var isNull: Bool {
    style == .plain && ["", "~", "null", "Null", "NULL"].contains(text)
  }
}

extension Node {
  /// The value under the keys of `path`, one inside the other.
  subscript(path: [String]) -> Node? {
    var node = self
    for key in path {
      guard case .mapping(let entries) = node.value,
        let entry = entries.first(where: { $0.key == key })
      else { return nil }
      node = entry.node
    }
    return node
  }

  /// This node, completed by the keys of `base` that it does not have. A section without a single
  /// key, as is left when all of them are comments, is the section of `base`.
  func overlaid(on base: Node) -> Node {
    guard case .mapping(var merged) = base.value else { return self }
    switch value {
    case .scalar(let scalar) where scalar.isNull && scalar.text.isEmpty: return base
    case .scalar, .sequence: return self
    case .mapping(let own):
      var places: [String: Int] = [:]
      for (i, entry) in merged.enumerated() { places[entry.key] = i }
      for entry in own {
        if let place = places[entry.key] {
          let node = entry.node.overlaid(on: merged[place].node)
          merged[place] = Entry(key: entry.key, position: entry.position, node: node)
        } else {
          merged.append(entry)
        }
      }
      return Node(value: .mapping(merged), position: position)
    }
  }

  /// This node with `node` under the keys of `path`, and with every section on the way.
  func setting(
    _ path: ArraySlice<String>, to node: Node, done: [String] = []
  ) throws(ConfigurationError) -> Node {
    guard let key = path.first else { return node }
    var entries: [Entry]
    switch value {
    case .mapping(let existing): entries = existing
    case .scalar(let scalar) where scalar.isNull: entries = []
    case .scalar, .sequence:
      throw ConfigurationError(
        at: node.position,
        "\(Wording.quoted(done.pathText)) is \(found) and has no keys inside; "
          + "set \(Wording.quoted(done.pathText)) as a whole")
    }
    let place = entries.firstIndex { $0.key == key }
    let inner = place.map { entries[$0].node } ?? Node(value: .mapping([]), position: node.position)
    let changed = try inner.setting(path.dropFirst(), to: node, done: done + [key])
    if let place {
      let written = path.count == 1 ? node.position : entries[place].position
      entries[place] = Entry(key: key, position: written, node: changed)
    } else {
      entries.append(Entry(key: key, position: node.position, node: changed))
    }
    return Node(value: .mapping(entries), position: position)
  }
}

extension [String] {
  /// A path of keys as messages write it: `model.sizes[2]`.
  var pathText: String {
    reduce("") { text, key in
      text.isEmpty || key.hasPrefix("[") ? text + key : "\(text).\(key)"
    }
  }
}
