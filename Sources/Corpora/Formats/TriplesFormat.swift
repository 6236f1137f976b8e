extension CorpusFormat {
  /// Text with triples of strings, a JSON list or a record a line (PRGC, CasRel, TPLinker, BiRTE).
  public static let triples = CorpusFormat(
    "triples", summary: "text and triple_list", mismatch: { $0.lacks("text", "triple_list") },
    record: readTriples)

  private static func readTriples(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var draft = Draft(text: try record["text"].string(), &builder)
    for node in try record["triple_list"].elements() {
      let parts = try node.strings()
      guard parts.count == 3 else {
        throw node.place.error(
          "\(node.name) has \(parts.count) strings, expected [head, relation, tail]")
      }
      draft.triples.append(
        Triple(
          head: try draft.argument(parts[0], at: node.place), relation: parts[1],
          tail: try draft.argument(parts[2], at: node.place)))
    }
    try builder.add(draft, at: record.place)
  }
}
