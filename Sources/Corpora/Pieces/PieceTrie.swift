/// Pieces as paths of UTF-8 bytes, for the longest one at a place.
struct PieceTrie: Sendable {
  private static let none: Int32 = -1

  /// The node behind each node and byte.
  private var children: [UInt64: Int32] = [:]
  /// The piece that ends at each node.
  private var ids: [Int32]

  /// A trie with two roots: 0 for pieces that start a word, 1 for those that go on with one.
  init() { ids = [Self.none, Self.none] }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(node) << 8 | UInt64(byte)
  }

  /// Adds a piece, by its text without `##`. The last id of a repeated text holds.
  mutating func insert(_ text: some Sequence<UInt8>, id: Int32, continuing: Bool) {
    var node: Int32 = continuing ? 1 : 0
    for byte in text {
      let key = Self.key(node, byte)
      if let next = children[key] {
        node = next
      } else {
        node = Int32(ids.count)
        children[key] = node
        ids.append(Self.none)
      }
    }
    if node > 1 { ids[Int(node)] = id }
  }

  /// The longest piece at the start of `bytes` and its length; `nil` where there is none.
  func longest(in bytes: ArraySlice<UInt8>, continuing: Bool) -> (id: Int32, length: Int)? {
    var node: Int32 = continuing ? 1 : 0
    var found: (id: Int32, length: Int)?
    var length = 0
    for byte in bytes {
      guard let next = children[Self.key(node, byte)] else { break }
      node = next
      length += 1
      let id = ids[Int(node)]
      if id != Self.none { found = (id, length) }
    }
    return found
  }
}
