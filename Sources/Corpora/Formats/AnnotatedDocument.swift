/// A text with entities by character and relations between them, of one sentence or of one a line.
struct AnnotatedDocument {
  /// The document's name, if it has one.
  let id: String?
  private let whole: AlignedText
  private var lines: [Line]
  private let tokenization: Tokenization?
  private var mentions: [String: Mention] = [:]

  private struct Line {
    /// From 1.
    let number: Int
    /// The place in the document, in scalars.
    let range: Range<Int>
    let text: AlignedText
    var draft: Draft
  }

  /// An entity with its line, `nil` where it lies in several.
  private struct Mention {
    let line: Int?
    let argument: Argument
  }

  /// A document of which each line is a sentence.
  init(lines text: String, id: String?, _ builder: inout CorpusBuilder) {
    let cut = builder.tokenizationOfText()
    (self.id, tokenization) = (id, builder.options.tokenization)
    whole = AlignedText(text, tokens: [])
    let all = whole.scalars
    let ranges = all.split(separator: "\n", omittingEmptySubsequences: false).map(\.indices)
    lines = ranges.enumerated().compactMap { number, range in
      let text = String(String.UnicodeScalarView(all[range]))
      let tokens = cut.tokens(of: text)
      return tokens.isEmpty
        ? nil
        : Line(
          number: number + 1, range: range, text: AlignedText(text, tokens: tokens),
          draft: Draft(tokens: tokens.map(\.text)))
    }
  }

  /// A sentence, whose tokens are known or are cut here.
  init(sentence text: String, id: String?, tokens: [Token]?, _ builder: inout CorpusBuilder) {
    let tokens = tokens ?? builder.tokenizationOfText().tokens(of: text)
    (self.id, tokenization) = (id, builder.options.tokenization)
    whole = AlignedText(text, tokens: tokens)
    lines = [
      Line(
        number: 1, range: 0..<whole.scalars.count, text: whole,
        draft: Draft(tokens: tokens.map(\.text)))
    ]
  }

  /// The number of characters.
  var count: Int { whole.scalars.count }

  /// Adds an entity.
  ///
  /// - Parameters:
  ///   - key: what relations call it.
  ///   - range: its characters.
  ///   - given: its text as the corpus has it, if it has it.
  ///   - isListed: whether it is annotated as an entity, not as an argument alone.
  mutating func add(
    _ key: String, _ range: Range<Int>, type: String?, given: String? = nil, isListed: Bool = true,
    _ builder: inout CorpusBuilder
  ) {
    guard let trimmed = whole.trimmed(range) else {
      builder.count(.blankSpan)
      return
    }
    if let given, !whole.holds(given, at: trimmed) { builder.count(.differs) }
    let text = whole.text(of: trimmed)
    guard let i = lineIndex(of: trimmed.lowerBound),
      trimmed.upperBound <= lines[i].range.upperBound
    else {
      builder.count(.pieces)
      mentions[key] = Mention(line: nil, argument: .text(text))
      return
    }
    let start = lines[i].range.lowerBound
    let span = lines[i].text.span(of: trimmed.lowerBound - start..<trimmed.upperBound - start)
    if let span {
      if isListed { lines[i].draft.entities.append(EntityMention(span: span, type: type)) }
    } else {
      if isListed { builder.count(.mentionBorder) }
      lines[i].draft.insideTokens.insert(text)
    }
    mentions[key] = Mention(line: i, argument: span.map(Argument.span) ?? .text(text))
  }

  /// Adds an entity of several pieces, which stands for no run of tokens.
  mutating func add(
    _ key: String, pieces: [Range<Int>], _ builder: inout CorpusBuilder
  ) {
    let pieces = pieces.compactMap(whole.trimmed)
    guard let first = pieces.first else {
      builder.count(.blankSpan)
      return
    }
    builder.count(.pieces)
    let line = lineIndex(of: first.lowerBound)
    let isOneLine = pieces.allSatisfy { lineIndex(of: $0.lowerBound) == line }
    let text = pieces.map(whole.text).joined(separator: " ")
    mentions[key] = Mention(line: isOneLine ? line : nil, argument: .text(text))
  }

  /// The line that holds a character; `nil` for a line end.
  private func lineIndex(of offset: Int) -> Int? {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].range.upperBound > offset { high = middle } else { low = middle + 1 }
    }
    return low < lines.count && lines[low].range.contains(offset) ? low : nil
  }

  /// Adds a relation between two entities.
  mutating func relate(
    _ head: String, _ relation: String, _ tail: String, _ builder: inout CorpusBuilder
  ) {
    // An entity of white space alone is no argument.
    guard let head = mentions[head], let tail = mentions[tail] else {
      builder.count(.blankSpan)
      return
    }
    guard let line = head.line, line == tail.line else {
      builder.count(.crossing)
      return
    }
    lines[line].draft.triples.append(
      Triple(head: head.argument, relation: relation, tail: tail.argument))
  }

  /// Adds the sentences to the corpus.
  func add(to builder: inout CorpusBuilder, at place: Place) throws(CorpusError) {
    if lines.isEmpty { builder.count(.emptySentence) }
    for line in lines {
      var draft = line.draft
      draft.id = lines.count == 1 ? id : id.map { "\($0)-\(line.number)" }
      draft.tokenization = tokenization
      draft.isCut = tokenization != nil
      try builder.add(draft, at: place)
    }
  }
}

extension JSONNode {
  /// A range of characters that must lie inside a text of `count`; this node has its start.
  func characters(to end: JSONNode, in count: Int) throws(CorpusError) -> Range<Int> {
    try place.characters(try integer(), try end.integer(), in: count, name)
  }

  /// `[start, end]` with an exclusive end, characters of a text of `count`.
  func characters(in count: Int) throws(CorpusError) -> Range<Int> {
    let ends = try elements("[start, end]")
    guard ends.count >= 2 else { throw mismatch("[start, end]") }
    return try place.characters(try ends[0].integer(), try ends[1].integer(), in: count, name)
  }
}

extension Place {
  /// A range of characters that must lie inside a text of `count`.
  func characters(
    _ start: Int, _ end: Int, in count: Int, _ name: String
  ) throws(CorpusError) -> Range<Int> {
    guard 0 <= start && start < end && end <= count else {
      throw error("\(name) is \(start)..<\(end), outside a text of \(count) characters")
    }
    return start..<end
  }
}
