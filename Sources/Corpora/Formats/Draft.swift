/// A sentence while its format is read.
struct Draft {
  /// A sentence from its text, cut as the user says.
  init(text: String, _ builder: inout CorpusBuilder) {
    let way = builder.tokenizationOfText()
    tokenization = builder.options.tokenization
    guard way != .blanks else {
      tokens = Sentence.tokens(of: text)
      return
    }
    let aligned = AlignedText(text, tokens: way.tokens(of: text))
    tokens = aligned.tokens.map(\.text)
    self.aligned = aligned
    isCut = true
  }

  init(id: String? = nil, tokens: [String], entities: [EntityMention] = []) {
    (self.id, self.tokens, self.entities) = (id, tokens, entities)
  }

  /// The corpus's own name for the sentence, if it has one; it need not be unique.
  var id: String?
  var tokens: [String]
  var entities: [EntityMention] = []
  var triples: [Triple] = []
  /// The part of speech of each token; `nil` where the corpus does not say.
  var partsOfSpeech: [String]?
  /// How the text became tokens; `nil` where neither the user nor the corpus says.
  var tokenization: Tokenization?
  /// Whether tercet cut the text.
  var isCut = false
  /// Whether sentences of the same tokens become one.
  var isJoinedWithItsText = false
  /// The texts of heads and tails that begin or end inside a token.
  var insideTokens: Set<String> = []
  /// The text with its tokens, where punctuation or characters were parted.
  private var aligned: AlignedText?
}

extension Draft {
  /// The first place of an entity's text, which is cut as the sentence was; `nil` where the reader of the converted
  /// corpus finds none either.
  func span(of text: String) -> Span? {
    let words = (tokenization ?? .blanks).words(of: text)
    return Sentence.firstOccurrence(of: words, in: tokens) ?? aligned?.firstSpan(of: text)
      ?? Sentence.firstOccurrence(of: text, in: tokens, cut: tokenization)
  }

  /// The first place of an entity's text, or the text where it has none.
  func argument(_ text: String, at place: Place) throws(CorpusError) -> Argument {
    let words = Sentence.tokens(of: text)
    if words.allSatisfy(\.isBlankToken) { throw place.error("an entity of a triple is empty") }
    return span(of: text).map(Argument.span) ?? .text(words.joined(separator: " "))
  }
}

extension Draft {
  /// Leaves out tokens without a character that is seen, such as spaCy's line ends, and moves spans.
  mutating func dropBlankTokens(counting builder: inout CorpusBuilder) {
    // `extract` leaves none out of what it cuts, and a corpus must be as what is extracted from.
    if isCut { return }
    let isKept = tokens.map { !$0.isBlankToken }
    if !isKept.contains(false) { return }
    // The number of kept tokens before each one.
    let moved = isKept.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1 ? 1 : 0)) }
    func move(_ span: Span) -> Span? {
      let (start, next) = (moved[span.start], moved[span.end + 1])
      return start < next ? Span(start, next - 1) : nil
    }
    func move(_ argument: Argument) -> Argument? {
      guard let span = argument.span else { return argument }
      return move(span).map(Argument.span)
    }
    for _ in isKept.filter({ !$0 }) { builder.count(.blankToken) }
    let before = entities.count + triples.count
    entities = entities.compactMap { entity in
      move(entity.span).map { EntityMention(span: $0, type: entity.type) }
    }
    triples = triples.compactMap { triple in
      guard let head = move(triple.head), let tail = move(triple.tail) else { return nil }
      return Triple(head: head, relation: triple.relation, tail: tail)
    }
    for _ in entities.count + triples.count..<before { builder.count(.blankSpan) }
    func kept(_ words: [String]) -> [String] { zip(words, isKept).filter(\.1).map(\.0) }
    tokens = kept(tokens)
    partsOfSpeech = partsOfSpeech.map(kept)
  }

  /// Looks once more for the heads and tails without a place, which the reader of the converted corpus may find: names in
  /// whose midst tokens were left out, or of entities in several pieces.
  mutating func locateNames() {
    func located(_ argument: Argument) -> Argument {
      guard case .text(let name) = argument, let span = span(of: name) else { return argument }
      return .span(span)
    }
    triples = triples.map {
      Triple(head: located($0.head), relation: $0.relation, tail: located($0.tail))
    }
  }
}

extension String {
  /// Whether the text has no character that is seen.
  var isBlankToken: Bool {
    // Most tokens start with a letter.
    if let first = utf8.first, first > 0x20 && first < 0x7F { return false }
    return unicodeScalars.allSatisfy { scalar in
      scalar.properties.isWhitespace
        || [.control, .format].contains(scalar.properties.generalCategory)
    }
  }
}
