extension CorpusFormat {
  /// What Prodigy's relations interface saves: `text`, `tokens`, `spans` and `relations` by character. Records that
  /// the annotator did not accept are left out.
  public static let prodigy = CorpusFormat(
    "prodigy", summary: "text, tokens, spans and relations",
    mismatch: { $0.lacks("text", "relations") ?? $0.lacks("child", inEach: "relations") },
    record: readProdigy)

  private static func readProdigy(
    _ record: JSONNode, into builder: inout CorpusBuilder
  ) throws(CorpusError) {
    if let answer = try record.member("answer")?.string(), answer != "accept" {
      builder.count(.rejected)
      return
    }
    let text = try record["text"].string()
    let isCut = builder.options.tokenization != nil
    let tokens = try record.member("tokens").map { (node) throws(CorpusError) in
      try ProdigyTokens(node, of: text)
    }
    var document = AnnotatedDocument(
      sentence: text, id: try record.member("id")?.label(), tokens: isCut ? nil : tokens?.tokens,
      &builder)
    let spans = try record.member("spans")?.elements() ?? []
    for node in spans {
      let range = try node["start"].characters(to: try node["end"], in: document.count)
      document.add(node.name, range, type: try node.member("label")?.string(), &builder)
    }
    for node in try record.member("relations")?.elements() ?? [] {
      for key in ["head", "child"] {
        let range = try characters(key, of: node, spans, tokens, in: document.count)
        document.add("\(node.name).\(key)", range, type: nil, isListed: false, &builder)
      }
      document.relate(
        "\(node.name).head", try node["label"].string(), "\(node.name).child", &builder)
    }
    try document.add(to: &builder, at: record.place)
  }

  /// The characters of `head_span` or `child_span`; without it, those of the span that holds the token of that
  /// number, or the token's own.
  private static func characters(
    _ key: String, of relation: JSONNode, _ spans: [JSONNode], _ tokens: ProdigyTokens?,
    in count: Int
  ) throws(CorpusError) -> Range<Int> {
    if let span = try relation.member("\(key)_span") {
      return try span["start"].characters(to: try span["end"], in: count)
    }
    guard let tokens else { throw relation.place.error("\(relation.name) has no '\(key)_span'") }
    let token = tokens.tokens[try relation[key].index(below: tokens.tokens.count)].offset
    for span in spans {
      let range = try span["start"].characters(to: try span["end"], in: count)
      if range.contains(token.lowerBound) { return range }
    }
    return token
  }
}

/// The tokens of a record, each the text between its offsets.
private struct ProdigyTokens {
  private(set) var tokens: [Token] = []

  init(_ node: JSONNode, of text: String) throws(CorpusError) {
    let scalars = Array(text.unicodeScalars)
    for token in try node.elements() {
      let range = try token["start"].characters(to: try token["end"], in: scalars.count)
      guard range.lowerBound >= tokens.last?.offset.upperBound ?? 0 else {
        throw token.place.error("\(token.name) begins inside the token before it")
      }
      let text = String(String.UnicodeScalarView(scalars[range]))
      tokens.append(Token(text: text, offset: range))
    }
  }
}
