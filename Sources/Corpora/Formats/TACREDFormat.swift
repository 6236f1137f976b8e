extension CorpusFormat {
  /// The records of TACRED and Re-TACRED: `token`, one subject and one object with inclusive ends, one relation.
  /// Records of one text are one sentence.
  public static let tacred = CorpusFormat(
    "tacred", summary: "token with one subject and object a record",
    mismatch: { $0.lacks("token", "subj_start", "obj_start", "relation") }, record: readTACRED)

  private static func readTACRED(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let tokens = try record["token"].strings()
    var draft = Draft(id: try record.member("id")?.label(), tokens: tokens)
    draft.isJoinedWithItsText = true
    draft.partsOfSpeech = try record.member("stanford_pos")?.strings()
    for kind in ["subj", "obj"] {
      let (start, end) = (try record["\(kind)_start"], try record["\(kind)_end"])
      let span = try record.place.span(
        try start.integer(), try end.integer(), in: tokens.count, kind)
      draft.entities.append(
        EntityMention(span: span, type: try record.member("\(kind)_type")?.string()))
    }
    let (head, tail) = (draft.entities[0].span, draft.entities[1].span)
    draft.triples = [
      Triple(head: .span(head), relation: try record["relation"].string(), tail: .span(tail))
    ]
    try builder.add(draft, at: record.place)
  }
}
