import Corpora

extension Fixture {
  /// Compares rows of whole numbers, in rising order.
  func compareRows(_ dataset: String, _ rows: [[Int]]) throws {
    let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
    try compare(dataset, sorted.flatMap { $0 })
  }

  /// The rows of a dataset of whole numbers.
  func rows(_ dataset: String) throws -> [[Int]] {
    let (values, width) = (try integers(dataset), try shape(dataset)[1])
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  /// The sentences of a fixture of RIN or HMT, with their gold triples and entities; the words `w2`, `w3` and so on,
  /// relations `r0`, types `t0`, parts of speech `p1`.
  func sentences(partsOfSpeech hasParts: Bool = false) throws -> [Sentence] {
    let words = try rows("input/words")
    let parts = hasParts ? try rows("input/pos") : []
    let entities = try contains("input/entities") ? rows("input/entities") : []
    let triples = try rows("input/triples")
    return try integers("input/lengths").enumerated().map { sentence, length in
      Sentence(
        id: "\(sentence)", tokens: words[sentence].prefix(length).map { "w\($0)" },
        entities: entities.filter { $0[0] == sentence }.map {
          EntityMention(span: Span($0[1], $0[2]), type: $0.count > 3 ? "t\($0[3])" : nil)
        },
        triples: triples.filter { $0[0] == sentence }.map {
          Triple(
            head: .span(Span($0[1], $0[2])), relation: "r\($0[3])", tail: .span(Span($0[4], $0[5]))
          )
        },
        partsOfSpeech: hasParts ? parts[sentence].prefix(length).map { "p\($0)" } : nil)
    }
  }
}
