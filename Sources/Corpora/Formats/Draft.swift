/// A sentence while its format is read.
struct Draft {
  /// A sentence from its text.
  init(text: String, at place: Place) throws(CorpusError) {
    tokens = Sentence.tokens(of: text)
    try place.check(tokens: tokens)
  }

  init(id: String? = nil, tokens: [String], entities: [EntityMention] = []) {
    (self.id, self.tokens, self.entities) = (id, tokens, entities)
  }

  /// The corpus's own name for the sentence, if it has one; it need not be unique.
  var id: String?
  var tokens: [String]
  var entities: [EntityMention] = []
  var triples: [Triple] = []
}

extension Argument {
  /// The first place of an entity's text in the tokens, or the text where it has none.
  init(_ text: String, in tokens: [String], at place: Place) throws(CorpusError) {
    let words = Sentence.tokens(of: text)
    if words.isEmpty { throw place.error("an entity of a triple is empty") }
    let span = Sentence.firstOccurrence(of: text, in: tokens)
    self = span.map(Argument.span) ?? .text(words.joined(separator: " "))
  }
}
