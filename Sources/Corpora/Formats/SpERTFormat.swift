extension CorpusFormat {
  /// The span records of SpERT and PFN: tokens, typed entities with exclusive ends, relations between
  /// entities by their numbers, and in some files the part of speech of each token.
  public static let spert = CorpusFormat(
    "spert", summary: "spans",
    mismatch: {
      $0.lacks("tokens", "entities", "relations") ?? $0.lacks("start", inEach: "entities")
        ?? $0.lacks("head", inEach: "relations")
    }, record: readSpERT)

  private static func readSpERT(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var draft = Draft(
      id: try record.member("orig_id")?.label(), tokens: try record["tokens"].strings())
    draft.partsOfSpeech = try record.member("pos")?.strings()
    for entity in try record.member("entities")?.elements() ?? [] {
      let (start, end) = (try entity["start"].integer(), try entity["end"].integer())
      guard 0 <= start && start < end && end <= draft.tokens.count else {
        throw record.place.error(
          "\(entity.name) is \(start)..<\(end), outside a sentence of \(draft.tokens.count) tokens"
        )
      }
      draft.entities.append(
        EntityMention(span: Span(start, end - 1), type: try entity.member("type")?.string()))
    }
    for relation in try record.member("relations")?.elements() ?? [] {
      draft.triples.append(
        Triple(
          head: .span(try draft.entity(try relation["head"])),
          relation: try relation["type"].string(),
          tail: .span(try draft.entity(try relation["tail"]))))
    }
    try builder.add(draft, at: record.place)
  }
}

extension Draft {
  fileprivate func entity(_ node: JSONNode) throws(CorpusError) -> Span {
    let number = try node.integer()
    guard entities.indices.contains(number) else {
      throw node.place.error(
        "\(node.name) is \(number), but the record has \(entities.count) entities")
    }
    return entities[number].span
  }
}
