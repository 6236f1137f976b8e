extension CorpusFormat {
  /// The CoType fields, a record a line: text, typed entity mentions, relation mentions. A mention's
  /// `start` is a number of the mention in some files, so entities are found by their text.
  public static let cotype = CorpusFormat(
    "cotype", summary: "CoType lines", reader: readCoType)

  private static func readCoType(
    _ path: String, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    try JSONFile.forEachRecord(path) { (record) throws(CorpusError) in
      var draft = try Draft(text: try record["sentText"].string(), at: record.place)
      for mention in try record["entityMentions"].elements() {
        let text = try mention["text"].string()
        let type = try mention["label"].string()
        if let span = Sentence.firstOccurrence(of: text, in: draft.tokens) {
          draft.entities.append(EntityMention(span: span, type: type))
        } else {
          builder.count(.mention)
        }
      }
      for mention in try record["relationMentions"].elements() {
        let label = try mention["label"].string()
        if RelationInventory.isNone(label) {
          builder.count(.noRelation)
          continue
        }
        let (head, tail) = (try mention["em1Text"].string(), try mention["em2Text"].string())
        draft.triples.append(
          Triple(
            head: try Argument(head, in: draft.tokens, at: record.place), relation: label,
            tail: try Argument(tail, in: draft.tokens, at: record.place)))
      }
      try builder.add(draft, at: record.place)
    }
  }
}
