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
    var draft = Draft(text: try record["sentText"].string())
    for mention in try record.member("entityMentions")?.elements() ?? [] {
      let text = try mention["text"].string()
      let type = try mention.member("label")?.string()
      if let span = Sentence.firstOccurrence(of: text, in: draft.tokens) {
        draft.entities.append(EntityMention(span: span, type: type))
      } else {
        builder.count(.mention)
      }
    }
    for mention in try record.member("relationMentions")?.elements() ?? [] {
      draft.triples.append(
        Triple(
          head: try Argument(try mention["em1Text"].string(), in: draft.tokens, at: record.place),
          relation: try mention["label"].string(),
          tail: try Argument(try mention["em2Text"].string(), in: draft.tokens, at: record.place)))
    }
    try builder.add(draft, at: record.place)
  }
}
