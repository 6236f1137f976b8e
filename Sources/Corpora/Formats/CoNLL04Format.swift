extension CorpusFormat {
  /// The columns of the multi-head CoNLL04 files: `#doc NAME`, then a token a line with its number,
  /// the token, its BIO tag, relations and the numbers of their tails; tabs between. Relations stand
  /// on the last token of the head and name the last token of the tail; `N` is none.
  public static let conll04 = CorpusFormat(
    "conll04", summary: "#doc and BIO columns",
    mismatch: { $0.firstLine.hasPrefix("#doc") ? nil : "its first line is no '#doc NAME'" },
    reader: readCoNLL04)

  private static func readCoNLL04(
    _ path: String, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var reader = try LineReader(path)
    var lines: [(bytes: [UInt8], place: Place)] = []
    while let bytes = try reader.next() {
      if bytes.starts(with: "#doc".utf8) { readDocument(&lines, into: &builder) }
      if !bytes.allSatisfy(isBlank) { lines.append((bytes, reader.place)) }
    }
    readDocument(&lines, into: &builder)
  }

  /// Reads the lines of a document, and takes them away.
  private static func readDocument(
    _ lines: inout [(bytes: [UInt8], place: Place)], into builder: inout CorpusBuilder
  ) {
    guard let first = lines.first else { return }
    defer { lines = [] }
    builder.read { (number, builder) throws(CorpusError) in
      var place = Place(file: first.place.file, line: first.place.line, record: number)
      let title = try TextFile.string(first.bytes, at: place)
      guard title.hasPrefix("#doc") else {
        throw place.error("a token before the first '#doc NAME'")
      }
      let id = Sentence.tokens(of: String(title.dropFirst(4))).joined(separator: " ")
      place.recordID = id.isEmpty ? nil : id
      var document = ColumnDocument(id: id, place: place)
      for line in lines.dropFirst() {
        let place = Place(
          file: place.file, line: line.place.line, record: number, recordID: place.recordID)
        try document.append(try TextFile.string(line.bytes, at: place), at: place)
      }
      try document.add(to: &builder)
    }
  }
}

/// A `#doc` and its lines so far.
private struct ColumnDocument {
  let id: String
  let place: Place
  var tokens: [String] = []
  var entities: [EntityMention] = []
  /// Relations with the tokens that they stand on.
  var links: [(head: Int, relation: String, tail: Int)] = []

  init(id: String, place: Place) {
    self.id = id
    self.place = place
  }

  mutating func append(_ line: String, at place: Place) throws(CorpusError) {
    let columns = line.parts(between: "\t")
    guard columns.count == 5 else {
      throw place.error("has \(columns.count) columns between tabs, expected 5")
    }
    let index = tokens.count
    guard Int(columns[0]) == index else {
      throw place.error("token number '\(columns[0])', expected \(index)")
    }
    tokens.append(columns[1])
    try append(tag: columns[2], at: place)
    let relations = try list(columns[3], at: place)
    let tails = try list(columns[4], at: place)
    guard relations.count == tails.count else {
      throw place.error("\(relations.count) relations but \(tails.count) tails")
    }
    for (relation, text) in zip(relations, tails) where relation != "N" {
      guard let tail = Int(text) else { throw place.error("tail '\(text)' is not a number") }
      links.append((index, relation, tail))
    }
  }

  /// An I without its B, or after another type, opens an entity (Corpora/README.md 1.7).
  private mutating func append(tag: String, at place: Place) throws(CorpusError) {
    if tag == "O" { return }
    let index = tokens.count - 1
    let type = String(tag.dropFirst(2))
    guard tag.hasPrefix("B-") || tag.hasPrefix("I-"), !type.isEmpty else {
      throw place.error("tag '\(tag)', expected O, B-TYPE or I-TYPE")
    }
    if tag.hasPrefix("I-"), let last = entities.last, last.span.end == index - 1, last.type == type
    {
      entities[entities.count - 1].span = Span(last.span.start, index)
    } else {
      entities.append(EntityMention(span: Span(index, index), type: type))
    }
  }

  /// The elements of `['a', 'b']` or `[1, 2]`.
  private func list(_ text: String, at place: Place) throws(CorpusError) -> [String] {
    guard text.hasPrefix("["), text.hasSuffix("]") else {
      throw place.error("'\(text)' is not a list in brackets")
    }
    return text.dropFirst().dropLast().split(separator: ",").map {
      String($0.drop { " '\"".contains($0) }.reversed().drop { " '\"".contains($0) }.reversed())
    }
  }

  func add(to builder: inout CorpusBuilder) throws(CorpusError) {
    var draft = Draft(id: id, tokens: tokens, entities: entities)
    let byEnd = Dictionary(
      entities.map { ($0.span.end, $0.span) }, uniquingKeysWith: { first, _ in first })
    for link in links {
      guard tokens.indices.contains(link.tail) else {
        throw place.error("tail \(link.tail) is outside a sentence of \(tokens.count) tokens")
      }
      guard let head = byEnd[link.head], let tail = byEnd[link.tail] else {
        builder.count(.endless)
        continue
      }
      draft.triples.append(
        Triple(head: .span(head), relation: link.relation, tail: .span(tail)))
    }
    try builder.add(draft, at: place)
  }
}
