/// Entities that annotations and triples do not agree on, and entities that share tokens.
enum EntityCheck {
  static func section(_ splits: [CheckedSplit]) -> FindingSection {
    FindingSection(
      "entities",
      splits.flatMap { (split) -> [Finding] in
        var counts = Counts()
        for index in split.sentences.indices { counts.add(index, of: split) }
        return findings(counts, in: split)
      }.filter { $0.count != 0 })
  }

  private struct Counts {
    var located = 0
    var annotated = 0
    var nested = Tally()
    var unlisted = Tally()
    var twoTypes = Tally()
    var untyped = Tally()

    mutating func add(_ index: Int, of split: CheckedSplit) {
      let sentence = split.sentences[index]
      func name(_ span: Span) -> String { "\(split.place(index)): '\(sentence.text(of: span))'" }
      let spans = sentence.triples.flatMap { [$0.head.span, $0.tail.span] }.compactMap { $0 }
        .distinct(by: \.self)
      located += spans.count
      for span in Self.nested(spans) { nested.add { name(span) } }
      annotated += sentence.entities.count
      if sentence.entities.isEmpty { return }
      let types = Dictionary(grouping: sentence.entities, by: \.span)
      for span in spans where types[span] == nil { unlisted.add { name(span) } }
      for (span, mentions) in types.sorted(by: {
        ($0.key.start, $0.key.end) < ($1.key.start, $1.key.end)
      })
      where Set(mentions.map { $0.type.map { ExactString($0) } }).count > 1 {
        twoTypes.add { name(span) }
      }
      let isTyped = sentence.entities.contains { $0.type != nil }
      for entity in sentence.entities where isTyped && entity.type == nil {
        untyped.add { name(entity.span) }
      }
    }

    /// The spans that share a token with another one.
    private static func nested(_ spans: [Span]) -> [Span] {
      let sorted = spans.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
      var furthest = -1
      return sorted.enumerated().filter { index, span in
        let touches = span.start <= furthest
        furthest = max(furthest, span.end)
        return touches || index + 1 < sorted.count && sorted[index + 1].start <= span.end
      }.map(\.element)
    }
  }

  private static func findings(_ counts: Counts, in split: CheckedSplit) -> [Finding] {
    [
      counts.nested.finding(
        .note, "entities.nested", in: split.name,
        "entities of triples that share tokens with another", of: counts.located,
        remedy: "taggers mark one of them; --config says what a model loses"),
      counts.unlisted.finding(
        .warning, "entities.unlisted", in: split.name,
        "heads and tails that 'entities' does not list, where a sentence lists some",
        of: counts.located,
        remedy: "list them; models of typed entities learn from the list alone"),
      counts.twoTypes.finding(
        .warning, "entities.two_types", in: split.name, "spans with several types",
        of: counts.annotated, remedy: "leave one: models take the first"),
      counts.untyped.finding(
        .warning, "entities.untyped", in: split.name,
        "entities without a type beside others that have one", of: counts.annotated,
        remedy: "give every entity a type, or none"),
    ]
  }
}
