/// A JSON value with its place and its name, so that whatever does not fit can be named.
struct JSONNode {
  let value: JSONValue
  let place: Place
  /// As `triples[2].head`; empty for a whole record.
  var name = ""

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

  /// A name that is written as a string or as a number.
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

enum JSONFile {
  /// Calls `body` with each record of a file that holds one JSON value a line.
  static func forEachLine(
    _ path: String, _ body: (JSONNode) throws(CorpusError) -> Void
  ) throws(CorpusError) {
    var reader = try LineReader(path)
    while let line = try reader.next() {
      if line.allSatisfy(isBlank) { continue }
      var parser = JSONParser(line, file: path, line: reader.number)
      try body(JSONNode(value: try parser.onlyValue(), place: reader.place))
    }
  }

  /// Calls `body` with each record of a file that holds a JSON list of records or one a line.
  static func forEachRecord(
    _ path: String, _ body: (JSONNode) throws(CorpusError) -> Void
  ) throws(CorpusError) {
    var parser = JSONParser(try TextFile.bytes(path), file: path)
    let isList = parser.take("[")
    if isList && parser.take("]") { return }
    while isList || parser.peek() != nil {
      _ = parser.peek()
      let place = parser.place
      try body(JSONNode(value: try parser.value(), place: place))
      if isList && !parser.take(",") { break }
    }
    if isList && !parser.take("]") {
      throw parser.malformed("\(parser.found()) where ',' or ']' should be")
    }
    if parser.peek() != nil { throw parser.malformed("\(parser.found()) after the list") }
  }

  /// The one value of a file.
  static func value(_ path: String) throws(CorpusError) -> JSONNode {
    var parser = JSONParser(try TextFile.bytes(path), file: path)
    return JSONNode(value: try parser.onlyValue(), place: Place(file: path, line: 1))
  }
}
