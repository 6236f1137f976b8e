/// A value of a configuration, single or with values inside, and its position.
struct Node: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case scalar(Scalar)
    case sequence([Node])
    /// In the order of the text; no key occurs twice.
    case mapping([Entry])
  }

  var value: Value
  let position: Position

  /// Whether the value is empty or `null`.
  var isNull: Bool {
    if case .scalar(let scalar) = value { scalar.isNull } else { false }
  }

  /// The value in messages, after *found*.
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

/// A single value as the user wrote it: a plain one may be a number, a truth value or null; a quoted one is always a
/// text.
struct Scalar: Hashable, Sendable {
  enum Style: Hashable, Sendable { case plain, quoted }

  let text: String
  let style: Style

  static let null = Scalar(text: "null", style: .plain)

  /// Whether this is a null of YAML 1.2's core schema.
  var isNull: Bool {
    style == .plain && ["", "~", "null", "Null", "NULL"].contains(text)
  }
}

extension Node {
  /// The value under a path of keys.
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

  /// A copy with the keys of `base` that this node lacks. An empty section, such as one whose keys are all commented
  /// out, becomes that of `base`.
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

  /// A copy with `node` under a path of keys; missing sections on the path are made.
  ///
  /// - Parameter done: the keys above this node, for errors.
  /// - Throws: `ConfigurationError` where a value on the path is single or a list.
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
