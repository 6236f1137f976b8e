extension CorpusFormat {
  /// The documents of DocRED and Re-DocRED: `sents`, `vertexSet`, whose entities have mentions by sentence with
  /// exclusive ends, and `labels` between entities. A label is a triple in each sentence that mentions both entities.
  public static let docred = CorpusFormat(
    "docred", summary: "sents, vertexSet and labels", mismatch: { $0.lacks("sents", "vertexSet") },
    record: readDocRED)

  private static func readDocRED(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var drafts = try sentences(of: record)
    let entities = try record["vertexSet"].elements()
    // The first mention of each entity in each sentence.
    var firsts: [[Int: Span]] = []
    for entity in entities {
      var first: [Int: Span] = [:]
      for mention in try entity.elements("a list of mentions") {
        let (sentence, span) = try add(mention, to: &drafts, &builder)
        if first[sentence] == nil { first[sentence] = span }
      }
      firsts.append(first)
    }
    for label in try record.member("labels")?.elements() ?? [] {
      let head = try firsts[label["h"].index(below: entities.count)]
      let tail = try firsts[label["t"].index(below: entities.count)]
      let relation = try label["r"].label()
      let shared = head.keys.filter { tail[$0] != nil }.sorted()
      if shared.isEmpty { builder.count(.crossing) }
      for sentence in shared {
        guard let head = head[sentence], let tail = tail[sentence] else { continue }
        drafts[sentence].triples.append(
          Triple(head: .span(head), relation: relation, tail: .span(tail)))
      }
    }
    for draft in drafts { try builder.add(draft, at: record.place, isPart: true) }
  }

  private static func sentences(of record: JSONNode) throws(CorpusError) -> [Draft] {
    let title = try record.member("title")?.label()
    var drafts: [Draft] = []
    for node in try record["sents"].elements() {
      drafts.append(
        Draft(id: title.map { "\($0)-\(drafts.count)" }, tokens: try node.strings()))
    }
    return drafts
  }

  private static func add(
    _ mention: JSONNode, to drafts: inout [Draft], _ builder: inout CorpusBuilder
  ) throws(CorpusError) -> (sentence: Int, span: Span) {
    let sentence = try mention["sent_id"].index(below: drafts.count)
    let tokens = drafts[sentence].tokens
    let span = try mention["pos"].span(exclusiveIn: tokens.count)
    drafts[sentence].entities.append(
      EntityMention(span: span, type: try mention.member("type")?.string()))
    builder.compare(tokens, span, with: try mention.member("name")?.string())
    return (sentence, span)
  }
}
