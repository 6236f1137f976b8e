extension CorpusFormat {
  /// The CoType fields, a record a line: text, typed entity mentions, relation mentions. A mention's
  /// `start` is a number of the mention in some files, so entities are found by their text.
  public static let cotype = CorpusFormat(
    "cotype", summary: "CoType lines",
    mismatch: {
      $0.lacks("sentText", "relationMentions") ?? $0.lacks("em1Text", inEach: "relationMentions")
    },
    record: readCoType)

  private static func readCoType(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var draft = Draft(text: try record["sentText"].string(), &builder)
    for mention in try record.member("entityMentions")?.elements() ?? [] {
      let text = try mention["text"].string()
      let type = try mention.member("label")?.string()
      if let span = draft.span(of: text) {
        draft.entities.append(EntityMention(span: span, type: type))
      } else {
        builder.count(.mention)
      }
    }
    for mention in try record.member("relationMentions")?.elements() ?? [] {
      draft.triples.append(
        Triple(
          head: try draft.argument(try mention["em1Text"].string(), at: record.place),
          relation: try mention["label"].string(),
          tail: try draft.argument(try mention["em2Text"].string(), at: record.place)))
    }
    try builder.add(draft, at: record.place)
  }
}
