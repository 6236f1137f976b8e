extension JSONLines {
  /// What a model found in a sentence, as a line of a corpus. With raw text come its `line`, the `text`, and the
  /// place in it of each entity, head and tail, `chars`, in Unicode scalars with an exclusive end; with scores each
  /// triple has its `score`.
  package static func line(_ source: SourceSentence, found prediction: Prediction) -> String {
    var sentence = source.sentence
    sentence.entities = prediction.mentions
    sentence.triples = prediction.triples
    let scores = prediction.tripleScores
    func score(_ index: Int) -> String { scores.isEmpty ? "" : ",\"score\":\(scores[index])" }
    guard let text = source.text else {
      return line(sentence, "", entity: { _ in "" }, triple: { score($0) })
    }
    return line(
      sentence, "\"line\":\(source.line),\"text\":\(quoted(text)),",
      entity: { source.place(of: $0.span, "") },
      triple: { index in
        let triple = sentence.triples[index]
        let head = triple.head.span.map { source.place(of: $0, "head_") } ?? ""
        return head + (triple.tail.span.map { source.place(of: $0, "tail_") } ?? "") + score(index)
      })
  }
}

extension SourceSentence {
  /// The members for a span's text and place.
  fileprivate func place(of span: Span, _ prefix: String) -> String {
    let (start, end) = (offsets[span.start].lowerBound, offsets[span.end].upperBound)
    return ",\"\(prefix)text\":\(JSONLines.quoted(part(of: span))),"
      + "\"\(prefix)chars\":[\(start),\(end)]"
  }
}
