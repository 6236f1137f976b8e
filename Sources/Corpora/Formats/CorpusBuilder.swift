/// Gathers the sentences of a corpus, checks them and counts unusable parts.
struct CorpusBuilder {
  /// The words of the file of word ids, if the format needs one.
  let words: NumberedNames?
  /// The relations that may occur; `nil` for any.
  let relations: RelationInventory?
  private(set) var sentences: [Sentence] = []
  private(set) var tally: [Unused: Int] = [:]
  private var ids: [ExactString: Int] = [:]

  init(words: NumberedNames? = nil, relations: RelationInventory?) {
    self.words = words
    self.relations = relations
  }

  func conversion() -> Conversion { Conversion(sentences: sentences, tally: tally) }

  mutating func count(_ reason: Unused) { tally[reason, default: 0] += 1 }

  /// Adds a sentence, with the corpus's entities and those of its triples, each span once.
  mutating func add(_ draft: Draft, at place: Place) throws(CorpusError) {
    try place.check(tokens: draft.tokens)
    let firsts = Dictionary(
      draft.entities.map { ($0.span, $0.type) }, uniquingKeysWith: { first, _ in first })
    for entity in draft.entities where firsts[entity.span] != entity.type { count(.type) }
    var entities = draft.entities
    for triple in draft.triples {
      if let relations, !relations.contains(triple.relation) {
        throw place.error("relation '\(triple.relation)' is not in \(relations.file)")
      }
      for argument in [triple.head, triple.tail] {
        if let span = argument.span {
          entities.append(EntityMention(span: span))
        } else {
          count(.argument)
        }
      }
    }
    sentences.append(
      Sentence(
        id: unique(draft.id ?? String(sentences.count + 1)), tokens: draft.tokens,
        entities: entities.distinct(by: \.span), triples: draft.triples))
  }

  /// `id`, or with a number where an earlier sentence has it.
  private mutating func unique(_ id: String) -> String {
    var candidate = id
    while ids[ExactString(candidate)] != nil {
      ids[ExactString(id), default: 1] += 1
      candidate = "\(id)#\(ids[ExactString(id), default: 1])"
    }
    ids[ExactString(candidate)] = 1
    return candidate
  }
}
