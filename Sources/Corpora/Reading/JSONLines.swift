/// The corpus format of tercet: UTF-8, one sentence a line, plain or gzip.
///
/// `{"id":"7","tokens":["Ann","Moore","left","."],"entities":[{"span":[0,1],"type":"PER"}],
/// "triples":[{"head":[0,1],"relation":"r","tail":"Time Inc."}]}`, on one line. Spans have inclusive
/// ends. A head or a tail is a span, or the entity's text where the tokens hold no such span. `id`
/// may be absent and is then the line's number; `entities` may be absent; `type` may be absent. `tokenize`, where
/// it is there, says how the text was cut (``Tokenization``).
public enum JSONLines {
  /// Reads a corpus.
  ///
  /// - Throws: `CorpusError` with file and line where a line is malformed, a key is missing or of
  ///   the wrong type, a span lies outside its sentence, a sentence has no token, a token is empty
  ///   or holds a blank, or an id occurs twice; with the file where it cannot be read or is empty.
  public static func read(_ path: String) throws(CorpusError) -> [Sentence] {
    var sentences: [Sentence] = []
    var lines: [ExactString: Int] = [:]
    try JSONFile.forEachLine(path) { (record) throws(CorpusError) in
      let sentence = try Sentence(record)
      if let earlier = lines.updateValue(record.place.line, forKey: ExactString(sentence.id)) {
        throw record.place.error("id '\(sentence.id)' is also that of line \(earlier)")
      }
      sentences.append(sentence)
    }
    if sentences.isEmpty { throw CorpusError(file: path, "holds no sentence") }
    return sentences
  }

  /// Reads a corpus that is in memory, as ``line(_:)`` writes it.
  ///
  /// - Parameter name: the name of the corpus in errors.
  /// - Throws: `CorpusError` as ``read(_:)`` does.
  public static func parse(_ bytes: [UInt8], name: String) throws(CorpusError) -> [Sentence] {
    var sentences: [Sentence] = []
    for (index, line) in bytes.split(separator: 0x0A).enumerated() {
      var parser = JSONParser(Array(line), file: name, line: index + 1)
      let place = Place(file: name, line: index + 1)
      sentences.append(try Sentence(JSONNode(value: try parser.onlyValue(), place: place)))
    }
    return sentences
  }

  /// Writes a corpus to a file beside `path` and renames it; makes folders. The same sentences give the
  /// same bytes.
  public static func write(_ sentences: [Sentence], to path: String) throws(CorpusError) {
    try TextFile.write(sentences.map { line($0) + "\n" }.joined(), to: path)
  }

  /// One sentence as its line, without the line end.
  public static func line(_ sentence: Sentence) -> String {
    let entities = sentence.entities.map { entity in
      let type = entity.type.map { ",\"type\":\(quoted($0))" } ?? ""
      return "{\"span\":\(json(entity.span))\(type)}"
    }
    let triples = sentence.triples.map { triple in
      "{\"head\":\(json(triple.head)),\"relation\":\(quoted(triple.relation)),"
        + "\"tail\":\(json(triple.tail))}"
    }
    let cut = sentence.tokenization.map { "\"tokenize\":\"\($0.rawValue)\"," } ?? ""
    return "{\"id\":\(quoted(sentence.id)),\"tokens\":\(list(sentence.tokens.map(quoted))),\(cut)"
      + "\"entities\":\(list(entities)),\"triples\":\(list(triples))}"
  }

  private static func list(_ elements: [String]) -> String {
    "[\(elements.joined(separator: ","))]"
  }

  private static func json(_ span: Span) -> String { "[\(span.start),\(span.end)]" }

  private static func json(_ argument: Argument) -> String {
    switch argument {
    case .span(let span): json(span)
    case .text(let text): quoted(text)
    }
  }

  /// Escapes the characters that JSON must escape, and no others.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted.unicodeScalars.append(contentsOf: ["\\", scalar])
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Sentence {
  fileprivate init(_ record: JSONNode) throws(CorpusError) {
    let tokens = try record["tokens"].strings()
    try record.place.check(tokens: tokens)
    let id = try record.member("id")?.label() ?? String(record.place.line)
    self.init(
      id: id, tokens: tokens, tokenization: try record.member("tokenize")?.tokenization())
    for entity in try record.member("entities")?.elements() ?? [] {
      entities.append(
        EntityMention(
          span: try entity["span"].span(in: tokens.count), type: try entity.member("type")?.string()
        ))
    }
    for triple in try record["triples"].elements() {
      triples.append(
        Triple(
          head: try triple["head"].argument(in: tokens.count),
          relation: try triple["relation"].string(),
          tail: try triple["tail"].argument(in: tokens.count)))
    }
  }
}

extension JSONNode {
  fileprivate func tokenization() throws(CorpusError) -> Tokenization {
    guard let found = Tokenization(rawValue: try string()) else {
      let names = Tokenization.allCases.map { "'\($0)'" }.joined(separator: ", ")
      throw place.error("\(name) is '\(try string())', expected one of \(names)")
    }
    return found
  }

  fileprivate func argument(in count: Int) throws(CorpusError) -> Argument {
    switch value {
    case .string(let text): return .text(text)
    case .array: return .span(try span(in: count))
    default: throw mismatch("[start, end] or the entity's text")
    }
  }
}

extension Place {
  /// Refuses a sentence without tokens, one that is too long, and tokens that are empty or hold a blank.
  func check(tokens: [String]) throws(CorpusError) {
    if tokens.count > Sentence.longest {
      throw error(
        "sentence of \(tokens.count) tokens, at most \(Sentence.longest) are read; cut it up")
    }
    if tokens.isEmpty { throw error("sentence without tokens") }
    for (i, token) in tokens.enumerated() {
      if token.isEmpty { throw error("tokens[\(i)] is empty") }
      if token.utf8.contains(where: isBlank) {
        throw error("tokens[\(i)], '\(token)', holds a blank; a token is text without blanks")
      }
    }
  }
}
