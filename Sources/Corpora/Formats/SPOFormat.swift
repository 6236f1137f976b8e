extension CorpusFormat {
  /// Text with `spo_list`, a JSON list or a record a line (DuIE, CMeIE and kin): subject and object are strings; an
  /// object may be `{"@value": …}` with further slots.
  public static let spo = CorpusFormat(
    "spo", summary: "text and spo_list", mismatch: { $0.lacks("text", "spo_list") },
    record: readSPO)

  private static func readSPO(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    var draft = Draft(text: try record["text"].string(), &builder)
    draft.id = try record.member("id")?.label()
    for node in try record.member("spo_list")?.elements() ?? [] {
      try draft.add(spo: node, &builder)
    }
    try builder.add(draft, at: record.place)
  }
}

extension Draft {
  fileprivate mutating func add(
    spo node: JSONNode, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    if case .array = node.value {
      let parts = try node.strings()
      guard parts.count == 3 else {
        throw node.place.error(
          "\(node.name) has \(parts.count) strings, expected [subject, predicate, object]")
      }
      triples.append(
        Triple(
          head: try argument(parts[0], at: node.place), relation: parts[1],
          tail: try argument(parts[2], at: node.place)))
      return
    }
    let head = try argument(try node["subject"].string(), at: node.place)
    let tail = try argument(try node["object"].value(countingSlots: &builder), at: node.place)
    triples.append(Triple(head: head, relation: try node["predicate"].string(), tail: tail))
    for (argument, key) in [(head, "subject_type"), (tail, "object_type")] {
      if let span = argument.span, let type = try node.member(key)?.mainSlot().string() {
        entities.append(EntityMention(span: span, type: type))
      }
    }
  }
}

extension JSONNode {
  /// This string, or that of `@value` in a nested object.
  fileprivate func mainSlot() throws(CorpusError) -> JSONNode {
    guard case .object = value else { return self }
    return try self["@value"]
  }

  /// The text of an object; counts the further slots that a nested one fills.
  fileprivate func value(
    countingSlots builder: inout CorpusBuilder
  ) throws(CorpusError) -> String {
    if case .object(let members) = value {
      for (key, slot) in members where key != "@value" {
        if case .string(let text) = slot, !text.isEmpty { builder.count(.slot) }
      }
    }
    return try mainSlot().string()
  }
}
