extension CorpusFormat {
  /// What doccano exports: `text`, entities by character as objects or `[start, end, label]`, and relations by their
  /// ids. Each line of a text is a sentence.
  public static let doccano = CorpusFormat(
    "doccano", summary: "text, entities and relations by character",
    mismatch: { sample in
      sample.lacks("text", "entities", "relations")
        .flatMap { sample.lacks("text", "label") == nil ? nil : $0 }
        ?? sample.lacks("start_offset", inEach: "entities")
        ?? sample.lacks("from_id", inEach: "relations")
    }, record: readDoccano)

  private static func readDoccano(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    // Older versions call the text `data`.
    let text = try record.member("text") == nil ? record["data"] : record["text"]
    var document = AnnotatedDocument(
      lines: try text.string(), id: try record.member("id")?.label(), &builder)
    var ids: Set<String> = []
    for key in ["entities", "label", "labels"] {
      for node in try record.member(key)?.elements() ?? [] {
        let entity = try entity(node, in: document.count)
        document.add(entity.id, entity.range, type: entity.type, &builder)
        ids.insert(entity.id)
      }
    }
    for node in try record.member("relations")?.elements() ?? [] {
      let (head, tail) = (try node["from_id"].label(), try node["to_id"].label())
      for id in [head, tail] where !ids.contains(id) {
        throw node.place.error("\(node.name) names entity '\(id)', which the record lacks")
      }
      let type = try node.member("type") == nil ? "label" : "type"
      document.relate(head, try node[type].string(), tail, &builder)
    }
    try document.add(to: &builder, at: record.place)
  }

  private static func entity(
    _ node: JSONNode, in count: Int
  ) throws(CorpusError) -> (id: String, range: Range<Int>, type: String?) {
    if case .array = node.value {
      let fields = try node.elements()
      guard fields.count == 3 else { throw node.mismatch("[start, end, label]") }
      return (node.name, try node.characters(in: count), try fields[2].string())
    }
    let range = try node["start_offset"].characters(to: try node["end_offset"], in: count)
    let id = try node.member("id")?.label()
    return (id ?? node.name, range, try node.member("label")?.label())
  }
}
