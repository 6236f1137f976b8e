/// The records of a file of JSON, one after the other: a list of them, one a line, or one behind the other.
///
/// Behind a record that is no JSON the next one is looked for, so that all faults of a file are found.
struct JSONRecords {
  private var parser: JSONParser
  let layout: Layout
  private var count = 0
  private var isOver = false
  /// What comes next, where it is known already.
  private var waiting: Element?

  /// How the records stand in the file.
  enum Layout {
    case list, lines, values
  }

  /// Whether a line begins a list of records: its bracket alone, or the first record behind it.
  static func beginsList(_ line: [UInt8]) -> Bool {
    let inked = line.drop(while: isBlank)
    guard inked.first == UInt8(ascii: "[") else { return false }
    let next = inked.dropFirst().first { !isBlank($0) }
    return next == nil || next == UInt8(ascii: "{")
  }

  init(_ path: String) throws(CorpusError) {
    self.init(try TextFile.bytes(path), file: path)
  }

  init(_ bytes: [UInt8], file: String) {
    parser = JSONParser(bytes, file: file)
    if parser.take("[") {
      layout = .list
      if parser.take("]") { isOver = true }
      return
    }
    var probe = parser
    if (try? probe.valueOfLine()) != nil {
      layout = .lines
      return
    }
    probe = parser
    layout = (try? probe.value()) != nil ? .values : .lines
  }

  /// A record or a fault in its place.
  enum Element {
    case record(JSONNode)
    case fault(CorpusError)
    /// A fault behind which no record can be found.
    case end(CorpusError)
  }

  /// The next record; `nil` behind the last.
  mutating func next() -> Element? {
    if let element = waiting {
      waiting = nil
      return element
    }
    if isOver || layout != .list && parser.peek() == nil { return nil }
    _ = parser.peek()
    count += 1
    let start = parser.position
    var place = parser.place
    place.record = count
    do throws(CorpusError) {
      let value = layout == .lines ? try parser.valueOfLine() : try parser.value()
      if layout == .list { separate() }
      return .record(JSONNode(value: value, place: place.identified(by: value)))
    } catch {
      return fault(error, at: start)
    }
  }

  /// Steps over what stands behind an element of a list. What should not stand there is the next element.
  private mutating func separate() {
    if parser.take(",") { return }
    if parser.take("]") {
      isOver = true
      let error = parser.peek().map { _ in parser.malformed("\(parser.found()) after the list") }
      waiting = error.map(Element.end)
      return
    }
    let error = parser.malformed("\(parser.found()) where ',' or ']' should be")
    if parser.peek() == nil {
      isOver = true
      waiting = .end(error)
    } else {
      count += 1
      waiting = fault(error, at: parser.position)
    }
  }

  /// The fault of the record that starts at `start`; moves behind it.
  private mutating func fault(_ error: CorpusError, at start: JSONParser.Position) -> Element {
    let record = count
    let isFound = recover(from: start)
    if !isFound { isOver = true }
    let end = isFound ? "" : "; what stands behind it cannot be read"
    let error = CorpusError(
      file: error.file, line: error.line, record: record, error.message + end)
    return isFound ? .fault(error) : .end(error)
  }

  /// Moves behind the bad record at `start`; `false` where its end cannot be told.
  private mutating func recover(from start: JSONParser.Position) -> Bool {
    switch layout {
    case .lines: parser.move(toLineAfter: start)
    case .values: return parser.move(toRecordAfter: start)
    case .list:
      if parser.skipElement(from: start, withinLine: true) {
        separate()
      } else if !parser.move(toRecordAfter: start) {
        guard parser.skipElement(from: start, withinLine: false) else { return false }
        separate()
      }
    }
    return true
  }
}
