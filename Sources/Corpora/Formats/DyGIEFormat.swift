extension CorpusFormat {
  /// The documents of DyGIE and SciERC, one a line: sentences, entities and relations by sentence,
  /// with inclusive token offsets that count from the document's start.
  public static let dygie = CorpusFormat(
    "dygie", summary: "spans", mismatch: { $0.lacks("sentences") }, record: readDyGIE)

  private static func readDyGIE(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let sentences = try record["sentences"].elements()
    let entities = try annotations("ner", of: record, sentences.count)
    let relations = try annotations("relations", of: record, sentences.count)
    let document = try Document(record, sentences)
    for i in sentences.indices {
      var draft = Draft(id: document.id(of: i), tokens: document.sentences[i])
      for node in try entities?[i].elements() ?? [] {
        try document.add(entity: node, of: i, to: &draft, &builder)
      }
      for node in try relations?[i].elements() ?? [] {
        try document.add(relation: node, of: i, to: &draft, &builder)
      }
      try builder.add(draft, at: record.place, isPart: true)
    }
  }

  /// The annotations by sentence under a key; `nil` where it is absent, as all keys but `sentences` may be.
  private static func annotations(
    _ key: String, of record: JSONNode, _ count: Int
  ) throws(CorpusError) -> [JSONNode]? {
    guard let lists = try record.member(key)?.elements() else { return nil }
    guard lists.count == count else {
      throw record.place.error(
        "\(count) sentences, but \(key) of \(lists.count); expected one list for each sentence")
    }
    return lists
  }
}

private struct Document {
  let key: String?
  let sentences: [[String]]
  /// Offset of each sentence's first token, and the number of all tokens.
  let offsets: [Int]

  init(_ record: JSONNode, _ nodes: [JSONNode]) throws(CorpusError) {
    key = try record.member("doc_key")?.label()
    var sentences: [[String]] = []
    for node in nodes { sentences.append(try node.strings()) }
    self.sentences = sentences
    offsets = sentences.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
  }

  /// `KEY-3` for the fourth sentence of a document that has a key.
  func id(of sentence: Int) -> String? { key.map { "\($0)-\(sentence)" } }

  func add(
    entity node: JSONNode, of sentence: Int, to draft: inout Draft, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let fields = try node.elements("[start, end, type]")
    guard fields.count >= 3 else { throw node.mismatch("[start, end, type]") }
    if let span = try span(fields[0], fields[1], of: node, in: sentence) {
      draft.entities.append(EntityMention(span: span, type: try fields[2].string()))
    } else {
      builder.count(.mention)
    }
  }

  func add(
    relation node: JSONNode, of sentence: Int, to draft: inout Draft, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let fields = try node.elements("[start, end, start, end, relation]")
    guard fields.count >= 5 else { throw node.mismatch("[start, end, start, end, relation]") }
    if let head = try span(fields[0], fields[1], of: node, in: sentence),
      let tail = try span(fields[2], fields[3], of: node, in: sentence)
    {
      let relation = try fields[4].string()
      draft.triples.append(Triple(head: .span(head), relation: relation, tail: .span(tail)))
    } else {
      builder.count(.crossing)
    }
  }

  /// A span of the document inside one sentence, or `nil` where it leaves the sentence.
  private func span(
    _ start: JSONNode, _ end: JSONNode, of node: JSONNode, in sentence: Int
  ) throws(CorpusError) -> Span? {
    let count = offsets[sentences.count]
    let span = try node.place.span(try start.integer(), try end.integer(), in: count, node.name)
    let (first, next) = (offsets[sentence], offsets[sentence + 1])
    guard first <= span.start && span.end < next else { return nil }
    return Span(span.start - first, span.end - first)
  }
}
