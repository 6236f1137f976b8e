import Glibc

/// The corpus format of tercet: UTF-8, one sentence a line, plain or gzip.
///
/// `{"id":"7","tokens":["Ann","Moore","left","."],"entities":[{"span":[0,1],"type":"PER"}],
/// "triples":[{"head":[0,1],"relation":"r","tail":"Time Inc."}]}`, on one line. Spans have inclusive
/// ends. A head or a tail is a span, or the entity's text where the tokens hold no such span. `id`
/// may be absent and is then the line's number; `entities` may be absent; `type` may be absent. `tokenize`, where
/// it is there, says how the text was cut (``Tokenization``). Text that the tokens do hold is read as the span of
/// its first occurrence. `pos`, where it is there, is the part of speech of each token.
public enum JSONLines {
  /// Reads a corpus.
  ///
  /// - Throws: `CorpusError` with file, line and record where a line is malformed, a key is missing or of
  ///   the wrong type, a span lies outside its sentence, a sentence has no token, a token is empty
  ///   or holds a blank, or an id occurs twice: the first five such records are named, and the others counted.
  ///   With the file where it cannot be read or is empty; with the command that converts it where it is a corpus
  ///   of another format.
  public static func read(_ path: String) throws(CorpusError) -> [Sentence] {
    let split = try readable(path)
    if let error = split.bad.error(in: split.path, remedy: split.remedy) { throw error }
    if split.sentences.isEmpty { throw CorpusError(file: split.path, "holds no sentence") }
    return split.sentences
  }

  /// Reads the good records of a corpus and gathers the faults of the others.
  ///
  /// - Throws: `CorpusError` where the file cannot be read, or is a corpus of another format.
  static func readable(_ path: String) throws(CorpusError) -> ReadableRecords {
    var reader = try open(path)
    var records = ReadableRecords(path: reader.path)
    var lines: [ExactString: Int] = [:]
    while let line = try reader.next() {
      if line.allSatisfy(isBlank) { continue }
      let place = Place(file: reader.path, line: reader.number, record: records.bad.next())
      do throws(CorpusError) {
        let sentence = try sentence(line, at: place)
        if let earlier = lines.updateValue(place.line, forKey: ExactString(sentence.id)) {
          let twin = Place(
            file: place.file, line: place.line, record: place.record, recordID: sentence.id)
          throw twin.error("id '\(sentence.id)' is also that of line \(earlier)")
        }
        records.sentences.append(sentence)
        records.lines.append(place.line)
      } catch {
        if records.sentences.isEmpty && records.bad.count == 0 {
          try refuseOtherFormats(reader.path, first: line)
        }
        records.bad.add(error)
      }
    }
    return records
  }

  /// Opens a corpus, or `PATH.gz` where only that is there, or names the command that makes it of what lies in its
  /// place.
  private static func open(_ path: String) throws(CorpusError) -> LineReader {
    do throws(CorpusError) {
      return try LineReader(path)
    } catch {
      if access("\(path).gz", R_OK) == 0 { return try LineReader("\(path).gz") }
      guard let command = CorpusFolder.command(making: path) else { throw error }
      throw CorpusError(file: path, "\(error.message); make it: \(command)")
    }
  }

  /// Refuses a file that is converted first, or that begins a list.
  ///
  /// - Parameter line: the first line, which holds no sentence.
  private static func refuseOtherFormats(
    _ path: String, first line: [UInt8]
  ) throws(CorpusError) {
    let format = CorpusFormat.toConvert(path)
    let command = format?.command(converting: path)
    if JSONRecords.beginsList(line), format == nil || format == .jsonl {
      let remedy =
        command.map { "; make lines of it: \($0)" }
        ?? ", expected a record a line with 'tokens' and 'triples'"
      throw CorpusError(file: path, "is a JSON list\(remedy)")
    }
    guard let command else { return }
    throw CorpusError(file: path, "is not tercet's JSON Lines; convert it: \(command)")
  }

  /// Reads a sentence from its line.
  private static func sentence(
    _ line: [UInt8], at place: Place
  ) throws(CorpusError) -> Sentence {
    var parser = JSONParser(line, file: place.file, line: place.line)
    let value: JSONValue
    do throws(CorpusError) {
      value = try parser.onlyValue()
    } catch {
      throw place.error(error.message)
    }
    let record = JSONNode(value: value, place: place.identified(by: value))
    let sentence = try Sentence(record)
    try record.place.check(tokens: sentence.tokens)
    try record.place.check(partsOfSpeech: sentence.partsOfSpeech, of: sentence.tokens.count)
    for triple in sentence.triples {
      try record.place.check(triple.relation, "the relation of a triple")
    }
    for case let type? in sentence.entities.map(\.type) {
      try record.place.check(type, "the type of an entity")
    }
    return sentence
  }

  /// Reads a corpus that is in memory, as ``line(_:)`` writes it.
  ///
  /// - Parameter name: the name of the corpus in errors.
  /// - Throws: `CorpusError` as ``read(_:)`` does.
  public static func parse(_ bytes: [UInt8], name: String) throws(CorpusError) -> [Sentence] {
    var sentences: [Sentence] = []
    for (index, line) in bytes.split(separator: 0x0A).enumerated() {
      let place = Place(file: name, line: index + 1, record: index + 1)
      sentences.append(try sentence(Array(line), at: place))
    }
    return sentences
  }

  /// Writes a corpus to a file beside `path` and renames it; makes folders. The same sentences give the
  /// same bytes.
  public static func write(_ sentences: [Sentence], to path: String) throws(CorpusError) {
    try TextFile.write(text(of: sentences), to: path)
  }

  /// A corpus as the text of its file.
  public static func text(of sentences: [Sentence]) -> String {
    sentences.map { line($0) + "\n" }.joined()
  }

  /// One sentence as its line, without the line end.
  public static func line(_ sentence: Sentence) -> String {
    line(sentence, "", entity: { _ in "" }, triple: { _ in "" })
  }

  /// One sentence as its line with further members, each with a comma: `members` behind the tokens, and those
  /// of an entity, or of a triple by its index, behind its own.
  static func line(
    _ sentence: Sentence, _ members: String, entity more: (EntityMention) -> String,
    triple further: (Int) -> String
  ) -> String {
    let entities = sentence.entities.map { json($0, more($0)) }
    let triples = sentence.triples.enumerated().map { index, triple in
      "{\"head\":\(json(triple.head)),\"relation\":\(quoted(triple.relation)),"
        + "\"tail\":\(json(triple.tail))\(further(index))}"
    }
    let tags = sentence.partsOfSpeech.map { "\"pos\":\(list($0.map(quoted)))," } ?? ""
    let cut = sentence.tokenization.map { "\"tokenize\":\"\($0.rawValue)\"," } ?? ""
    return "{\"id\":\(quoted(sentence.id)),\"tokens\":\(list(sentence.tokens.map(quoted))),"
      + "\(tags)\(cut)\(members)\"entities\":\(list(entities)),\"triples\":\(list(triples))}"
  }

  static func list(_ elements: [String]) -> String {
    "[\(elements.joined(separator: ","))]"
  }

  /// An entity with further members, each with a comma before it.
  static func json(_ entity: EntityMention, _ members: String = "") -> String {
    let type = entity.type.map { ",\"type\":\(quoted($0))" } ?? ""
    return "{\"span\":\(json(entity.span))\(type)\(members)}"
  }

  static func json(_ span: Span) -> String { "[\(span.start),\(span.end)]" }

  static func json(_ argument: Argument) -> String {
    switch argument {
    case .span(let span): json(span)
    case .text(let text): quoted(text)
    }
  }

  /// Escapes the characters that JSON must escape, and no others.
  static func quoted(_ text: String) -> String {
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
  /// A record of tercet's own format.
  init(_ record: JSONNode) throws(CorpusError) {
    let tokens = try record["tokens"].strings()
    let id = try record.member("id")?.label() ?? String(record.place.line)
    self.init(
      id: id, tokens: tokens, tokenization: try record.member("tokenize")?.tokenization(),
      partsOfSpeech: try record.member("pos")?.strings())
    entities = try record.member("entities")?.mentions(in: tokens.count) ?? []
    triples = try record["triples"].triples(in: self)
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

  /// Entities of a sentence of `count` tokens.
  func mentions(in count: Int) throws(CorpusError) -> [EntityMention] {
    var entities: [EntityMention] = []
    for entity in try elements() {
      entities.append(
        EntityMention(
          span: try entity["span"].span(in: count), type: try entity.member("type")?.string()))
    }
    return entities
  }

  /// Triples of a sentence.
  func triples(in sentence: Sentence) throws(CorpusError) -> [Triple] {
    var triples: [Triple] = []
    for triple in try elements() {
      triples.append(
        Triple(
          head: try triple["head"].argument(in: sentence),
          relation: try triple["relation"].string(),
          tail: try triple["tail"].argument(in: sentence)))
    }
    return triples
  }

  func argument(in sentence: Sentence) throws(CorpusError) -> Argument {
    switch value {
    case .string(let text):
      if text.isBlankToken { throw place.error("\(name) is empty") }
      return sentence.firstOccurrence(of: text).map(Argument.span) ?? .text(text)
    case .array: return .span(try span(in: sentence.tokens.count))
    default: throw mismatch("[start, end] or the entity's text")
    }
  }
}

extension Place {
  /// Refuses parts of speech that are not one name for each of `count` tokens.
  func check(partsOfSpeech tags: [String]?, of count: Int) throws(CorpusError) {
    guard let tags else { return }
    guard tags.count == count else {
      throw error("pos has \(tags.count) strings, expected one for each of \(count) tokens")
    }
    for tag in tags { try check(tag, "a part of speech") }
  }

  /// Refuses a sentence without tokens, and tokens that are empty or hold a blank.
  func check(tokens: [String]) throws(CorpusError) {
    if tokens.isEmpty { throw error("sentence without tokens") }
    for (i, token) in tokens.enumerated() {
      if token.isEmpty { throw error("tokens[\(i)] is empty") }
      if token.utf8.allSatisfy(isBlank) {
        throw error("tokens[\(i)] is white space; 'tercet data convert' takes such tokens out")
      }
      if token.utf8.contains(where: isBlank) {
        throw error("tokens[\(i)], '\(token)', holds a blank; a token is text without blanks")
      }
    }
  }
}
