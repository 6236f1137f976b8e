/// Encodes values as nodes that decode to the same values.
struct NodeEncoder: Encoder {
  fileprivate let slot: Slot
  let codingPath: [any CodingKey]

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The node of a value.
  ///
  /// - Precondition: the value's own `encode(to:)` does not throw.
  static func node(of value: some Encodable) -> Node {
    let slot = Slot()
    do {
      try NodeEncoder(slot: slot, codingPath: []).encode(value)
    } catch {
      preconditionFailure("options of type \(type(of: value)) cannot be encoded: \(error)")
    }
    return slot.node
  }

  func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.becomeMapping()
    return KeyedEncodingContainer(KeyedSlots(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.becomeSequence()
    return UnkeyedSlots(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleSlot(encoder: self) }

  fileprivate func encode(_ value: some Encodable) throws {
    if let value = value as? any ScalarValue {
      slot.write(value.scalar)
    } else if let dictionary = value as? [String: any Encodable] {
      // Sorted: a dictionary's own order changes from run to run.
      slot.becomeMapping()
      for (key, value) in dictionary.sorted(by: { $0.key < $1.key }) {
        try child(PathKey(stringValue: key)).encode(value)
      }
    } else {
      try value.encode(to: self)
    }
  }

  fileprivate func child(_ key: any CodingKey) -> NodeEncoder {
    NodeEncoder(slot: slot.child(key.stringValue), codingPath: codingPath + [key])
  }

  fileprivate func nextElement() -> NodeEncoder {
    let key = PathKey(intValue: slot.count)
    return NodeEncoder(slot: slot.appended(), codingPath: codingPath + [key])
  }
}

/// A node under construction. All containers of one encoder write into one slot.
private final class Slot {
  private enum Content {
    case nothing
    case scalar(Scalar)
    case sequence([Slot])
    case mapping([(key: String, slot: Slot)])
  }

  private var content = Content.nothing

  /// The finished node. A value without stored properties has written nothing: it is an empty section.
  var node: Node {
    switch content {
    case .nothing: Node(value: .mapping([]), position: .defaults)
    case .scalar(let scalar): Node(value: .scalar(scalar), position: .defaults)
    case .sequence(let slots): Node(value: .sequence(slots.map(\.node)), position: .defaults)
    case .mapping(let pairs):
      Node(
        value: .mapping(
          pairs.map { Entry(key: $0.key, position: .defaults, node: $0.slot.node) }),
        position: .defaults)
    }
  }

  var count: Int {
    if case .sequence(let slots) = content { slots.count } else { 0 }
  }

  func write(_ scalar: Scalar) { content = .scalar(scalar) }

  func becomeMapping() {
    if case .mapping = content { return }
    content = .mapping([])
  }

  func becomeSequence() {
    if case .sequence = content { return }
    content = .sequence([])
  }

  func child(_ key: String) -> Slot {
    guard case .mapping(var pairs) = content else {
      preconditionFailure("'\(key)' is encoded into what is no section")
    }
    if let pair = pairs.first(where: { $0.key == key }) { return pair.slot }
    let slot = Slot()
    pairs.append((key, slot))
    content = .mapping(pairs)
    return slot
  }

  func appended() -> Slot {
    guard case .sequence(var slots) = content else {
      preconditionFailure("an element is encoded into what is no list")
    }
    let slot = Slot()
    slots.append(slot)
    content = .sequence(slots)
    return slot
  }
}

private struct KeyedSlots<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: NodeEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil(forKey key: Key) { encoder.child(key).slot.write(.null) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try encoder.child(key).encode(value)
  }

  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try write(value, key) }

  func nestedContainer<NestedKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder.child(key).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.child(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder.child(PathKey(stringValue: "super")) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder.child(key) }
}

/// The protocol's default for each of these types would leave the key out.
extension KeyedSlots {
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try write(value, key) }

  /// A key without a value is written as `null`, so that a printed configuration has every key.
  private func write<T: Encodable>(_ value: T?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }
}

private struct UnkeyedSlots: UnkeyedEncodingContainer {
  let encoder: NodeEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.slot.count }

  func encodeNil() { encoder.nextElement().slot.write(.null) }

  func encode<T: Encodable>(_ value: T) throws { try encoder.nextElement().encode(value) }

  func nestedContainer<NestedKey>(
    keyedBy keyType: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder.nextElement().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder.nextElement().unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder.nextElement() }
}

private struct SingleSlot: SingleValueEncodingContainer {
  let encoder: NodeEncoder

  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() { encoder.slot.write(.null) }

  func encode<T: Encodable>(_ value: T) throws { try encoder.encode(value) }
}
