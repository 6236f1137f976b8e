import CYAML

/// A libyaml parser over bytes that outlive it, as a source of checked events.
///
/// It refuses anchors, aliases and tags: without them no text grows when it is read.
struct YAMLReader: ~Copyable {
  enum Event {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(Scalar)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let bytes: UnsafeBufferPointer<UInt8>
  private let source: YAMLSource

  /// A parser at the start of some bytes (`yaml_parser_initialize`, `yaml_parser_set_input_string`).
  init(_ bytes: UnsafeBufferPointer<UInt8>, source: YAMLSource) throws(ConfigurationError) {
    self.bytes = bytes
    self.source = source
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw ConfigurationError("\(source): no memory to read the configuration")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event and the position of its start (`yaml_parser_parse`).
  ///
  /// - Throws: `ConfigurationError` for malformed YAML and for a refused construct.
  func next() throws(ConfigurationError) -> (Event, Position) {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    let position = source.position(of: event.start_mark)
    return (try translate(event, at: position), position)
  }

  private func translate(
    _ event: yaml_event_t, at position: Position
  ) throws(ConfigurationError) -> Event {
    switch event.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_STREAM_END_EVENT: return .streamEnd
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      try refuse(anchor: start.anchor, tag: start.tag, at: position)
      return .sequenceStart
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      try refuse(anchor: start.anchor, tag: start.tag, at: position)
      return .mappingStart
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      try refuse(anchor: scalar.anchor, tag: scalar.tag, at: position)
      return .scalar(try text(of: event, at: position))
    default:
      throw ConfigurationError(
        at: position, "aliases (*name) are not supported; write the value out")
    }
  }

  private func text(
    of event: yaml_event_t, at position: Position
  ) throws(ConfigurationError) -> Scalar {
    let scalar = event.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    if bytes.contains(0) {
      throw ConfigurationError(at: position, "a text cannot contain the character NUL (\\0)")
    }
    return Scalar(
      text: String(decoding: bytes, as: UTF8.self),
      style: scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted)
  }

  private func refuse(
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, at position: Position
  ) throws(ConfigurationError) {
    if anchor != nil {
      throw ConfigurationError(
        at: position, "anchors (&name) are not supported; write the value out")
    }
    if tag != nil {
      throw ConfigurationError(
        at: position, "tags (!name) are not supported; write the value without, in quotes for text")
    }
  }

  private func syntaxError() -> ConfigurationError {
    let failed = parser.pointee
    guard failed.error != YAML_MEMORY_ERROR, let problem = failed.problem else {
      return ConfigurationError("\(source): no memory to read the configuration")
    }
    if failed.error == YAML_READER_ERROR {
      let digits = String(max(0, failed.problem_value), radix: 16, uppercase: true)
      return ConfigurationError(
        at: position(ofByte: failed.problem_offset),
        "malformed YAML: \(String(cString: problem)): U+\(digits)")
    }
    var text = "malformed YAML: \(String(cString: problem))"
    if let context = failed.context { text += " \(String(cString: context))" }
    if failed.buffer.pointer.pointee == UInt8(ascii: "\t") {
      text += "; indent with spaces, not with tabs"
    }
    return ConfigurationError(at: source.position(of: failed.problem_mark), text)
  }

  /// The position of a bad character; libyaml reads ahead, so its own mark lies elsewhere.
  private func position(ofByte offset: Int) -> Position {
    let before = bytes.prefix(offset)
    let newline = UInt8(ascii: "\n")
    let line = before.suffix(before.reversed().prefix { $0 != newline }.count)
    let mark = yaml_mark_t(
      index: 0, line: before.count { $0 == newline },
      column: String(decoding: line, as: UTF8.self).unicodeScalars.count)
    return source.position(of: mark)
  }
}

/// The origin of a YAML text: a file with lines and columns, or the value of one override.
enum YAMLSource: CustomStringConvertible {
  case file(String)
  case override(String)

  func position(of mark: yaml_mark_t) -> Position {
    switch self {
    case .file(let name):
      .file(name: name, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    case .override(let text): .override(text)
    }
  }

  var description: String {
    switch self {
    case .file(let name): name
    case .override(let text): Position.override(text).description
    }
  }
}
