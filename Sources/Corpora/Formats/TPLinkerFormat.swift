extension CorpusFormat {
  /// The records of TPLinker: text, `relation_list` and `entity_list` with character spans, whose ends are exclusive.
  /// Where a relation has no spans its strings are looked for.
  public static let tplinker = CorpusFormat(
    "tplinker", summary: "text and relation_list",
    mismatch: { $0.lacks("text", "relation_list") }, record: readTPLinker)

  private static func readTPLinker(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let relations = try record.member("relation_list")?.elements() ?? []
    let id = try record.member("id")?.label()
    let text = try record["text"].string()
    for node in relations where try node.member("subj_char_span") == nil {
      return try readStrings(record, id: id, text, relations, into: &builder)
    }
    var document = AnnotatedDocument(sentence: text, id: id, tokens: nil, &builder)
    for node in try record.member("entity_list")?.elements() ?? [] {
      let range = try node["char_span"].characters(in: document.count)
      document.add(
        node.name, range, type: try node.member("type")?.string(),
        given: try node.member("text")?.string(), &builder)
    }
    for node in relations {
      for (key, name) in [("subj_char_span", "subject"), ("obj_char_span", "object")] {
        let range = try node[key].characters(in: document.count)
        document.add(
          "\(node.name).\(name)", range, type: nil, given: try node.member(name)?.string(),
          isListed: false, &builder)
      }
      document.relate(
        "\(node.name).subject", try node["predicate"].string(), "\(node.name).object", &builder)
    }
    try document.add(to: &builder, at: record.place)
  }

  private static func readStrings(
    _ record: JSONNode, id: String?, _ text: String, _ relations: [JSONNode],
    into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var draft = Draft(text: text, &builder)
    draft.id = id
    for node in relations {
      draft.triples.append(
        Triple(
          head: try draft.argument(try node["subject"].string(), at: node.place),
          relation: try node["predicate"].string(),
          tail: try draft.argument(try node["object"].string(), at: node.place)))
    }
    try builder.add(draft, at: record.place)
  }
}
