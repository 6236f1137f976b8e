extension CorpusFormat {
  /// Text with triples of strings, a JSON list or a record a line: `triple_list` of lists (PRGC, CasRel, TPLinker,
  /// BiRTE), or `triples` of lists or objects, as people write their own.
  public static let triples = CorpusFormat(
    "triples", summary: "text and triple_list, or text and triples of names", mismatch: mismatch,
    record: readTriples)

  private static func mismatch(_ sample: Sample) -> String? {
    let ownHasTokens = sample.lacks("tokens") == nil
    return ownHasTokens || sample.lacks("text", "triples") != nil
      ? sample.lacks("text", "triple_list") : nil
  }

  private static func readTriples(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var draft = Draft(text: try record["text"].string(), &builder)
    let own = try record.member("triples")
    let list = if let own { own } else { try record["triple_list"] }
    for node in try list.elements() {
      let (head, relation, tail) = try node.names()
      draft.triples.append(
        Triple(
          head: try draft.argument(head, at: node.place), relation: relation,
          tail: try draft.argument(tail, at: node.place)))
    }
    try builder.add(draft, at: record.place)
  }
}

extension JSONNode {
  /// A triple as `[head, relation, tail]`, or as an object of these three strings.
  fileprivate func names() throws(CorpusError) -> (head: String, relation: String, tail: String) {
    if case .object = value {
      return (try self["head"].string(), try self["relation"].string(), try self["tail"].string())
    }
    let parts = try strings()
    guard parts.count == 3 else {
      throw place.error("\(name) has \(parts.count) strings, expected [head, relation, tail]")
    }
    return (parts[0], parts[1], parts[2])
  }
}
