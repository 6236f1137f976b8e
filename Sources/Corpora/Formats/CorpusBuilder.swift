/// Gathers the sentences of a corpus, checks them and counts unusable parts.
///
/// A record is added whole or, where it is bad, not at all.
struct CorpusBuilder {
  /// The words of the file of word ids, if the format needs one.
  let words: NumberedNames?
  /// The relations that may occur; `nil` for any.
  let relations: RelationInventory?
  var options: ConversionOptions
  /// Whether text became tokens.
  private(set) var hasCut = false
  private(set) var sentences: [Sentence] = []
  private(set) var bad = BadRecords()
  private var tally: [Unused: Int] = [:]
  private var names: [Unused: [ExactString: Int]] = [:]
  private var ids: [ExactString: Int] = [:]
  private var record = Record()
  /// The sentence of a text, by its tokens.
  private var joined: [[ExactString]: Int] = [:]

  /// What the record at hand adds.
  private struct Record {
    var drafts: [Draft] = []
    var tally: [Unused: Int] = [:]
    /// Names of relations that were left out or stand out.
    var names: [(Unused, String)] = []
  }

  init(
    words: NumberedNames? = nil, relations: RelationInventory?,
    options: ConversionOptions = ConversionOptions()
  ) {
    self.words = words
    self.relations = relations
    self.options = options
  }

  mutating func conversion() -> Conversion {
    commit()
    return Conversion(
      sentences: sentences, tally: tally, names: names, bad: bad, options: options,
      unlocated: hasCut ? [options.tokenization ?? .blanks: unlocated] : [:])
  }

  /// How text becomes tokens.
  mutating func tokenizationOfText() -> Tokenization {
    hasCut = true
    return options.tokenization ?? .blanks
  }

  mutating func count(_ reason: Unused) { record.tally[reason, default: 0] += 1 }

  /// Reads all records of a JSON file.
  mutating func readRecords(
    of path: String, _ body: (JSONNode, inout CorpusBuilder) throws(CorpusError) -> Void
  ) throws(CorpusError) {
    var records = try JSONRecords(path)
    while let element = records.next() {
      switch element {
      case .record(let node):
        read { (_, builder) throws(CorpusError) in try body(node, &builder) }
      case .fault(let error): read { (_, _) throws(CorpusError) in throw error }
      case .end(let error): cut(error)
      }
    }
  }

  /// Reads one record; its number is given to `body`. An error of `body` is that of the record alone.
  mutating func read(_ body: (Int, inout CorpusBuilder) throws(CorpusError) -> Void) {
    commit()
    let number = bad.next()
    do throws(CorpusError) {
      try body(number, &self)
      commit()
    } catch {
      record = Record()
      bad.add(error)
    }
  }

  /// Notes a fault behind which the input cannot be read.
  mutating func cut(_ error: CorpusError) { bad.cut(error) }

  /// Adds a sentence, with the corpus's entities and those of its triples, each span once.
  ///
  /// - Parameter isPart: whether the sentence is one of a document, where it may be empty.
  mutating func add(
    _ draft: Draft, at place: Place, isPart: Bool = false
  ) throws(CorpusError) {
    var draft = draft
    dropOddPartsOfSpeech(of: &draft)
    draft.dropBlankTokens(counting: &self)
    draft.locateNames()
    if draft.tokens.isEmpty && isPart {
      count(.emptySentence)
      return
    }
    if draft.tokens.count > Sentence.longest {
      count(.long)
      return
    }
    try place.check(tokens: draft.tokens)
    try place.check(partsOfSpeech: draft.partsOfSpeech, of: draft.tokens.count)
    try checkTypes(of: draft.entities, at: place)
    draft.triples = try kept(draft.triples, at: place)
    for argument in draft.triples.flatMap({ [$0.head, $0.tail] }) {
      switch argument {
      case .span(let span): draft.entities.append(EntityMention(span: span))
      case .text(let text): count(draft.insideTokens.contains(text) ? .border : .argument)
      }
    }
    record.drafts.append(draft)
  }

  /// Takes away parts of speech that are not one a token, or of which one is empty; an empty list, as some files have it,
  /// says nothing.
  private mutating func dropOddPartsOfSpeech(of draft: inout Draft) {
    guard let tags = draft.partsOfSpeech,
      tags.count != draft.tokens.count || tags.contains(where: \.isEmpty)
    else { return }
    draft.partsOfSpeech = nil
    if !tags.isEmpty { count(.partsOfSpeech) }
  }

  private mutating func checkTypes(
    of entities: [EntityMention], at place: Place
  ) throws(CorpusError) {
    let firsts = Dictionary(
      entities.map { ($0.span, $0.type) }, uniquingKeysWith: { first, _ in first })
    for entity in entities {
      if let type = entity.type { try place.check(type, "the type of an entity") }
      if firsts[entity.span] != entity.type { count(.type) }
    }
  }

  /// The triples without those of no relation, checked.
  private mutating func kept(
    _ triples: [Triple], at place: Place
  ) throws(CorpusError) -> [Triple] {
    var kept: [Triple] = []
    for triple in triples {
      let name = triple.relation
      try place.check(name, "the relation of a triple")
      if let reason = options.reason(toDrop: name) {
        note(name, reason)
        continue
      }
      if let relations, !relations.contains(name) {
        throw place.error("relation '\(name)' is not in \(relations.file)")
      }
      if RelationName.meansOther(name) && !options.keeps(name) { note(name, .other) }
      kept.append(triple)
    }
    return kept
  }

  private mutating func note(_ name: String, _ reason: Unused) {
    count(reason)
    record.names.append((reason, name))
  }

  /// Takes over what the record at hand has added.
  private mutating func commit() {
    for draft in record.drafts where !join(draft) {
      sentences.append(
        Sentence(
          id: unique(draft.id ?? String(sentences.count + 1)), tokens: draft.tokens,
          entities: draft.entities.distinct(by: \.span), triples: draft.triples,
          tokenization: draft.tokenization, partsOfSpeech: draft.partsOfSpeech))
    }
    tally.merge(record.tally, uniquingKeysWith: +)
    for (reason, name) in record.names {
      names[reason, default: [:]][ExactString(name), default: 0] += 1
    }
    record = Record()
  }

  /// Adds what a sentence has to an earlier one of the same tokens; `false` where there is none.
  private mutating func join(_ draft: Draft) -> Bool {
    guard draft.isJoinedWithItsText else { return false }
    let key = draft.tokens.map(ExactString.init)
    guard let index = joined[key] else {
      joined[key] = sentences.count
      return false
    }
    let known = sentences[index].entities
    for entity in draft.entities where entity.type != nil {
      let isOther = known.contains { $0.span == entity.span && $0.type != entity.type }
      if isOther { tally[.type, default: 0] += 1 }
    }
    sentences[index].entities = (known + draft.entities).distinct(by: \.span)
    sentences[index].triples += draft.triples
    sentences[index].partsOfSpeech = sentences[index].partsOfSpeech ?? draft.partsOfSpeech
    return true
  }

  /// Heads and tails that are no run of tokens.
  private var unlocated: Int { (tally[.argument] ?? 0) + (tally[.border] ?? 0) }

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
