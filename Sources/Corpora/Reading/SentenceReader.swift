import Glibc

/// Reads sentences without annotations, one a line, as they come: text, or JSON where the line begins with `{`.
///
/// A record has `tokens`, with or without `pos`, or else `text`; other keys but `id` are passed over.
package struct SentenceReader: ~Copyable {
  /// What a line holds.
  package enum Line {
    /// Nothing but blanks.
    case blank
    case sentence(SourceSentence)
    /// No sentence, for the reason that the error gives.
    case bad(CorpusError)
  }

  private var lines: LineReader
  private let path: String?
  private let tokenization: Tokenization
  private let cut: (String) -> [Token]
  private var bad = BadRecords()

  /// - Parameters:
  ///   - path: the file; `nil` for standard input.
  ///   - tokenization: how `cut` makes tokens of text.
  /// - Throws: `CorpusError` where the file cannot be opened.
  package init(
    _ path: String?, tokenization: Tokenization, cut: @escaping (String) -> [Token]
  ) throws(CorpusError) {
    if let path {
      lines = try LineReader(path)
    } else {
      lines = LineReader(descriptor: STDIN_FILENO, name: "standard input")
    }
    (self.path, self.tokenization, self.cut) = (path, tokenization, cut)
  }

  /// Reads the next line, or returns `nil` after the last.
  ///
  /// - Throws: `CorpusError` where the file cannot be read.
  package mutating func next() throws(CorpusError) -> Line? {
    guard let line = try lines.next() else { return nil }
    let place = lines.place
    do throws(CorpusError) {
      return try read(line, at: place).map { .sentence($0) } ?? .blank
    } catch {
      bad.add(error)
      return .bad(error)
    }
  }

  /// What was wrong with the lines that hold no sentence: each reason with its first five lines.
  package var badReport: [String] {
    bad.count == 0
      ? []
      : [
        "warning: \(lines.path): \(bad.count) \(bad.count == 1 ? "line is" : "lines are") passed over"
      ] + bad.report
  }

  /// Takes in what has come, and returns whether ``next()`` would wait for the rest of a line.
  package mutating func wouldWait() throws(CorpusError) -> Bool { try lines.wouldWait() }

  private func read(_ line: [UInt8], at place: Place) throws(CorpusError) -> SourceSentence? {
    guard let first = line.first(where: { !isBlank($0) }) else { return nil }
    if first == UInt8(ascii: "{") {
      var parser = JSONParser(line, file: place.file, line: place.line)
      return try sentence(JSONNode(value: try parser.onlyValue(), place: place))
    }
    if JSONRecords.beginsList(line) {
      throw place.error(
        "begins a JSON list, expected a record a line with 'tokens' or 'text'\(conversion)")
    }
    let text = try TextFile.string(line, at: place)
    return source(nil, text, at: place)
  }

  private func source(_ id: String?, _ text: String, at place: Place) -> SourceSentence? {
    let tokens = cut(text)
    return tokens.isEmpty
      ? nil : SourceSentence(id: id, text, tokens, tokenization, line: place.line)
  }

  /// The command that makes sentences of a corpus of another format.
  private var conversion: String {
    path.flatMap { CorpusFormat.command(converting: $0) }.map { "; convert it: \($0)" } ?? ""
  }

  private func sentence(_ record: JSONNode) throws(CorpusError) -> SourceSentence? {
    let id = try record.member("id")?.label()
    if let tokens = try record.member("tokens")?.strings() {
      let tags = try record.member("pos")?.strings()
      try record.place.check(tokens: tokens)
      try record.place.check(partsOfSpeech: tags, of: tokens.count)
      return SourceSentence(id: id, tokens: tokens, partsOfSpeech: tags, line: record.place.line)
    }
    guard let text = try record.member("text")?.string() else {
      throw record.place.error("record has neither 'tokens' nor 'text'\(conversion)")
    }
    return source(id, text, at: record.place)
  }
}

/// A sentence with its place in a file, and in raw text.
package struct SourceSentence: Sendable {
  /// The tokens under the record's id, or the line's number.
  package let sentence: Sentence
  /// The line's number, from 1.
  package let line: Int
  /// The text before it was cut; `nil` where tokens were given.
  package let text: String?
  /// The place of each token in ``text``, in Unicode scalars; the end is exclusive.
  package let offsets: [Range<Int>]

  /// A sentence that was given as tokens.
  init(id: String?, tokens: [String], partsOfSpeech: [String]?, line: Int) {
    sentence = Sentence(id: id ?? String(line), tokens: tokens, partsOfSpeech: partsOfSpeech)
    (self.line, text, offsets) = (line, nil, [])
  }

  /// A sentence that was cut.
  init(
    id: String?, _ text: String, _ tokens: [Token], _ tokenization: Tokenization, line: Int
  ) {
    sentence = Sentence(
      id: id ?? String(line), tokens: tokens.map(\.text),
      tokenization: tokenization == .blanks ? nil : tokenization)
    (self.line, self.text, offsets) = (line, text, tokens.map(\.offset))
  }

  /// The text of an argument as it stands in the source, with one blank for white space; given tokens are parted by
  /// one blank.
  package func text(of argument: Argument) -> String {
    guard let span = argument.span, text != nil else { return sentence.text(of: argument) }
    return Sentence.tokens(of: part(of: span)).joined(separator: " ")
  }

  /// The part of ``text`` that a span stands for.
  func part(of span: Span) -> String {
    let (start, end) = (offsets[span.start].lowerBound, offsets[span.end].upperBound)
    let scalars = (text ?? "").unicodeScalars
    let first = scalars.index(scalars.startIndex, offsetBy: start)
    return String(scalars[first..<scalars.index(first, offsetBy: end - start)])
  }
}
