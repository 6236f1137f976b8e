/// The keys of a section, for decoding.
struct KeyedNodes<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: NodeDecoder
  let allKeys: [Key]
  private let nodes: [String: Node]

  var codingPath: [any CodingKey] { decoder.codingPath }

  init(decoder: NodeDecoder, entries: [Entry]) {
    self.decoder = decoder
    allKeys = entries.compactMap { Key(stringValue: $0.key) }
    nodes = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.node) })
  }

  func contains(_ key: Key) -> Bool { ask(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try child(key).node.isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try child(key).decode(type)
  }

  func nestedContainer<NestedKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try child(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try child(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try child(named: "super") }

  func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }

  private func ask(_ key: Key) -> Node? {
    decoder.asked.ask(key.stringValue, in: decoder.path)
    return nodes[key.stringValue]
  }

  private func child(_ key: Key) throws -> NodeDecoder { try child(named: key.stringValue) }

  private func child(named name: String) throws -> NodeDecoder {
    decoder.asked.ask(name, in: decoder.path)
    guard let node = nodes[name] else {
      throw decoder.error("needs the key \(Wording.quoted(name)), which has no default")
    }
    return decoder.child(node, name)
  }
}

/// The elements of a list, for decoding.
struct UnkeyedNodes: UnkeyedDecodingContainer {
  let decoder: NodeDecoder
  let nodes: [Node]
  private(set) var currentIndex = 0

  init(decoder: NodeDecoder, nodes: [Node]) {
    self.decoder = decoder
    self.nodes = nodes
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { nodes.count }
  var isAtEnd: Bool { currentIndex == nodes.count }

  mutating func decodeNil() throws -> Bool {
    guard try next().node.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try next().decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<NestedKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    let container = try next().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try next().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let element = try next()
    currentIndex += 1
    return element
  }

  private func next() throws -> NodeDecoder {
    guard !isAtEnd else {
      throw decoder.error("must have more than \(nodes.count) elements")
    }
    return decoder.child(nodes[currentIndex], "[\(currentIndex)]")
  }
}

/// A node as one value, for decoding.
struct SingleNode: SingleValueDecodingContainer {
  let decoder: NodeDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.node.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
}
