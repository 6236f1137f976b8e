/// Builds the nodes of one YAML document from a reader's events.
struct NodeReader: ~Copyable {
  /// The largest depth of sections and lists; deeper text is a mistake, or an attack on the stack.
  static let deepest = 32

  private let events: YAMLReader

  /// The root of the only document in `text`, or `nil` where there is none.
  static func root(of text: String, source: YAMLSource) throws(ConfigurationError) -> Node? {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(ConfigurationError) in
      let reader = NodeReader(events: try YAMLReader(bytes, source: source))
      return try reader.onlyDocument()
    }
  }

  private func onlyDocument() throws(ConfigurationError) -> Node? {
    var root: Node?
    while true {
      let (event, position) = try events.next()
      switch event {
      case .streamEnd: return root
      case .documentStart:
        if root != nil {
          throw ConfigurationError(at: position, "a second document starts; keep one per file")
        }
        let (first, start) = try events.next()
        root = try node(first, at: start, depth: 0)
      default: continue
      }
    }
  }

  private func node(
    _ event: YAMLReader.Event, at position: Position, depth: Int
  ) throws(ConfigurationError) -> Node {
    if depth > Self.deepest {
      throw ConfigurationError(
        at: position, "nested too deeply: at most \(Self.deepest) sections or lists in one another")
    }
    switch event {
    case .sequenceStart:
      return Node(value: .sequence(try elements(depth: depth)), position: position)
    case .mappingStart:
      return Node(value: .mapping(try entries(depth: depth)), position: position)
    case .scalar(let scalar): return Node(value: .scalar(scalar), position: position)
    default: preconditionFailure("libyaml gave \(event) where a value starts")
    }
  }

  private func elements(depth: Int) throws(ConfigurationError) -> [Node] {
    var nodes: [Node] = []
    while true {
      let (event, position) = try events.next()
      if case .sequenceEnd = event { return nodes }
      nodes.append(try node(event, at: position, depth: depth + 1))
    }
  }

  private func entries(depth: Int) throws(ConfigurationError) -> [Entry] {
    var entries: [Entry] = []
    var places: [String: Position] = [:]
    while true {
      let (event, position) = try events.next()
      if case .mappingEnd = event { return entries }
      guard case .scalar(let scalar) = event, !scalar.text.isEmpty else {
        throw ConfigurationError(at: position, "a key must be a single name")
      }
      if let first = places.updateValue(position, forKey: scalar.text) {
        throw ConfigurationError(
          at: position, "key \(Wording.quoted(scalar.text)) is already at \(first); keep one")
      }
      let (next, start) = try events.next()
      entries.append(
        Entry(
          key: scalar.text, position: position, node: try node(next, at: start, depth: depth + 1)))
    }
  }
}
