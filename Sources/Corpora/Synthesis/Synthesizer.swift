/// Makes a corpus of artificial English sentences, to try the whole system without any download.
///
/// The sentences hold 17 relations, names of one to four tokens, names inside names, names that
/// occur twice, and one to seven triples, in fixed shares. The same seed gives the same corpus on
/// every machine.
public enum Synthesizer {
  /// The splits of a corpus, 8:1:1.
  public struct Splits: Sendable {
    /// Eight tenths, and the rest of the division by ten.
    public let train: [Sentence]
    /// One tenth.
    public let dev: [Sentence]
    /// One tenth.
    public let test: [Sentence]
  }

  /// Makes a corpus of `sentences` in total; no text occurs twice while new ones can be found.
  ///
  /// - Throws: `CorpusError` for less than ten sentences, with which a split would be empty.
  public static func synthesize(seed: UInt64, sentences: Int) throws(CorpusError) -> Splits {
    guard sentences >= 10 else {
      throw CorpusError("--sentences \(sentences) leaves a split empty; ask for 10 or more")
    }
    let held = sentences / 10
    var composer = Composer(dice: Dice(seed: seed, purpose: "synthesize"))
    var dice = Dice(seed: seed, purpose: "synthesize.layouts")
    var texts: Set<[String]> = []
    func split(_ name: String, _ count: Int) -> [Sentence] {
      Layout.schedule(count, &dice).enumerated().map { i, layout in
        let (tokens, triples) = fresh(layout, &composer, &texts)
        let spans = triples.flatMap { [$0.head.span, $0.tail.span] }.compactMap { $0 }
        let entities = spans.distinct { $0 }.map { EntityMention(span: $0) }
        return Sentence(
          id: "\(name)-\(i + 1)", tokens: tokens, entities: entities, triples: triples)
      }
    }
    return Splits(
      train: split("train", sentences - 2 * held), dev: split("dev", held),
      test: split("test", held))
  }

  /// A sentence with a new text, if twenty attempts find one: a very large corpus must repeat short texts.
  private static func fresh(
    _ layout: Layout, _ composer: inout Composer, _ texts: inout Set<[String]>
  ) -> (tokens: [String], triples: [Triple]) {
    var sentence = composer.sentence(layout)
    var attempts = 1
    while !texts.insert(sentence.tokens).inserted && attempts < 20 {
      sentence = composer.sentence(layout)
      attempts += 1
    }
    return sentence
  }
}
