/// A JSON value with its place and name, which errors need.
struct JSONNode {
  let value: JSONValue
  let place: Place
  /// As `triples[2].head`; empty for a whole record.
  var name = ""

  /// The same value, as part of a record at `place`.
  func placed(at place: Place) -> JSONNode { JSONNode(value: value, place: place, name: name) }

  func mismatch(_ expected: String) -> CorpusError {
    place.error("\(name.isEmpty ? "record" : name) is \(value.kind), expected \(expected)")
  }

  /// The member `key` of an object, or `nil` where it is absent or null.
  func member(_ key: String) throws(CorpusError) -> JSONNode? {
    guard case .object(let members) = value else { throw mismatch("an object with '\(key)'") }
    guard let value = members.first(where: { $0.key == key })?.value else { return nil }
    if case .null = value { return nil }
    return JSONNode(value: value, place: place, name: name.isEmpty ? key : "\(name).\(key)")
  }

  /// The member `key` of an object that must have it.
  subscript(key: String) -> JSONNode {
    get throws(CorpusError) {
      if let node = try member(key) { return node }
      throw place.error("\(name.isEmpty ? "record" : name) has no key '\(key)'")
    }
  }

  func elements(_ expected: String = "a list") throws(CorpusError) -> [JSONNode] {
    guard case .array(let values) = value else { throw mismatch(expected) }
    return values.enumerated().map { i, value in
      JSONNode(value: value, place: place, name: "\(name)[\(i)]")
    }
  }

  func string() throws(CorpusError) -> String {
    guard case .string(let text) = value else { throw mismatch("a string") }
    return text
  }

  func strings() throws(CorpusError) -> [String] {
    var strings: [String] = []
    for element in try elements("a list of strings") { strings.append(try element.string()) }
    return strings
  }

  func integer() throws(CorpusError) -> Int {
    guard case .integer(let number) = value else { throw mismatch("an integer") }
    return number
  }

  /// The value as a name: a string, or a number in digits.
  func label() throws(CorpusError) -> String {
    switch value {
    case .string(let text): return text
    case .integer(let number): return String(number)
    default: throw mismatch("a string")
    }
  }

  /// `[start, end]` with inclusive ends, inside a sentence of `count` tokens.
  func span(in count: Int) throws(CorpusError) -> Span {
    let ends = try elements("[start, end]")
    guard ends.count == 2 else {
      throw place.error("\(name) has \(ends.count) numbers, expected [start, end]")
    }
    return try place.span(try ends[0].integer(), try ends[1].integer(), in: count, name)
  }
}

extension Place {
  /// A span with inclusive ends that must lie inside a sentence of `count` tokens.
  func span(
    _ start: Int, _ end: Int, in count: Int, _ name: String
  ) throws(CorpusError) -> Span {
    guard 0 <= start && start <= end && end < count else {
      throw error("\(name) is [\(start), \(end)], outside a sentence of \(count) tokens")
    }
    return Span(start, end)
  }
}
