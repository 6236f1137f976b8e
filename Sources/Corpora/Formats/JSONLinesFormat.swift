extension CorpusFormat {
  /// tercet's own JSON Lines: converting them leaves out bad records, tokens of white space and pairs without a
  /// relation.
  public static let jsonl = CorpusFormat(
    "jsonl", summary: "tercet's own JSON Lines", mismatch: { $0.lacks("tokens", "triples") },
    record: readJSONLines)

  private static func readJSONLines(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let sentence = try Sentence(record)
    var draft = Draft(id: sentence.id, tokens: sentence.tokens, entities: sentence.entities)
    draft.triples = sentence.triples
    draft.tokenization = sentence.tokenization
    draft.partsOfSpeech = sentence.partsOfSpeech
    try record.place.check(partsOfSpeech: draft.partsOfSpeech, of: draft.tokens.count)
    try builder.add(draft, at: record.place)
  }
}
