extension CorpusFormat {
  /// Tokens with entities and relations by token: `tokenized_text`, `ner` and `relations` of GLiREL, with inclusive
  /// ends; `tokens` and `spo_details` of JointER, with exclusive ones, and the part of speech of each token.
  public static let records = CorpusFormat(
    "records", summary: "tokens with token spans, of GLiREL or JointER",
    mismatch: { sample in
      sample.lacks("tokenized_text").flatMap { _ in
        sample.lacks("tokens", "spo_details") == nil ? nil : sample.lacks("tokens", "spo_list")
      }
    }, record: readRecords)

  private static func readRecords(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let isGLiREL = try record.member("tokenized_text") != nil
    var draft = Draft(
      id: try record.member("id")?.label(),
      tokens: try record[isGLiREL ? "tokenized_text" : "tokens"].strings())
    if !isGLiREL { draft.partsOfSpeech = try record.member("pos_tags")?.strings() }
    if isGLiREL {
      try draft.addGLiREL(record, &builder)
    } else if let details = try record.member("spo_details") {
      let strings = try record.member("spo_list")?.elements()
      for (i, node) in try details.elements().enumerated() {
        let parts = try strings.flatMap { (all) throws(CorpusError) in
          all.indices.contains(i) ? try all[i].strings() : nil
        }
        try draft.add(details: node, strings: parts, &builder)
      }
    } else {
      for node in try record["spo_list"].elements() {
        let parts = try node.strings()
        guard parts.count == 3 else { throw node.mismatch("[subject, predicate, object]") }
        draft.triples.append(
          Triple(
            head: try draft.argument(parts[0], at: node.place), relation: parts[1],
            tail: try draft.argument(parts[2], at: node.place)))
      }
    }
    try builder.add(draft, at: record.place)
  }
}

extension Draft {
  fileprivate mutating func addGLiREL(
    _ record: JSONNode, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    for node in try record.member("ner")?.elements() ?? [] {
      let fields = try node.elements("[start, end, type, text]")
      guard fields.count >= 3 else { throw node.mismatch("[start, end, type, text]") }
      let span = try node.place.span(
        try fields[0].integer(), try fields[1].integer(), in: tokens.count, node.name)
      entities.append(EntityMention(span: span, type: try fields[2].string()))
      builder.compare(tokens, span, with: fields.count > 3 ? try fields[3].string() : nil)
    }
    for node in try record.member("relations")?.elements() ?? [] {
      var spans: [Span] = []
      for key in ["head", "tail"] {
        let argument = try node[key]
        let span = try argument["position"].span(in: tokens.count)
        builder.compare(tokens, span, with: try argument.member("mention")?.string())
        spans.append(span)
      }
      triples.append(
        Triple(
          head: .span(spans[0]), relation: try node["relation_text"].string(),
          tail: .span(spans[1])))
    }
  }

  /// `[start, end, type, relation, start, end, type]`.
  fileprivate mutating func add(
    details node: JSONNode, strings: [String]?, _ builder: inout CorpusBuilder
  ) throws(CorpusError) {
    let expected = "[start, end, type, relation, start, end, type]"
    let fields = try node.elements(expected)
    guard fields.count == 7 else { throw node.mismatch(expected) }
    var spans: [Span] = []
    for first in [0, 4] {
      let span = try node.place.span(
        exclusive: try fields[first].integer(), try fields[first + 1].integer(), in: tokens.count,
        node.name)
      let type = try fields[first + 2].string()
      // JointER's name of no type.
      entities.append(EntityMention(span: span, type: type == "None-label" ? nil : type))
      if let strings, strings.count == 3 {
        builder.compare(tokens, span, with: strings[first / 2])
      }
      spans.append(span)
    }
    triples.append(
      Triple(head: .span(spans[0]), relation: try fields[3].string(), tail: .span(spans[1])))
  }
}

extension CorpusBuilder {
  /// Counts a span whose tokens are not the text that the corpus gives for it, white space aside.
  mutating func compare(_ tokens: [String], _ span: Span, with given: String?) {
    guard let given else { return }
    func letters(_ text: String) -> [Unicode.Scalar] {
      text.unicodeScalars.filter { !$0.properties.isWhitespace }
    }
    if letters(tokens[span.range].joined()) != letters(given) { count(.differs) }
  }
}

extension Place {
  /// A span with an exclusive end that must lie inside a sentence of `count` tokens.
  func span(
    exclusive start: Int, _ end: Int, in count: Int, _ name: String
  ) throws(CorpusError) -> Span {
    guard 0 <= start && start < end && end <= count else {
      throw error("\(name) is \(start)..<\(end), outside a sentence of \(count) tokens")
    }
    return Span(start, end - 1)
  }
}

extension JSONNode {
  /// `[start, end]` with an exclusive end, inside a sentence of `count` tokens.
  func span(exclusiveIn count: Int) throws(CorpusError) -> Span {
    let ends = try elements("[start, end]")
    guard ends.count == 2 else { throw mismatch("[start, end]") }
    return try place.span(
      exclusive: try ends[0].integer(), try ends[1].integer(), in: count, name)
  }

  /// The number of an element of a list of `count`.
  func index(below count: Int) throws(CorpusError) -> Int {
    let index = try integer()
    guard (0..<count).contains(index) else {
      throw place.error("\(name) is \(index), but there are \(count), from 0")
    }
    return index
  }
}
