import Corpora
import Randomness
import Testing

struct SynthesizerTests {
  static let runs: [(seed: UInt64, sentences: Int)] = [
    (1, 400), (2, 400), (3, 401), (4, 479), (5, 800), (6, 999), (7, 2000), (0, 400), (.max, 400),
    (42, 1234),
  ]

  @Test("the structural ceiling of every split is at least .97", arguments: runs)
  func ceiling(seed: UInt64, sentences: Int) throws {
    let corpus = try Synthesizer.synthesize(seed: seed, sentences: sentences)
    for split in [corpus.train, corpus.dev, corpus.test] {
      let score = structuralCeiling(split, seed: seed)
      #expect(score >= 0.97)
      #expect(score < 1, "every split holds a hard case")
    }
  }

  @Test("splits are 8:1:1 and add up", arguments: [10, 11, 19, 20, 400, 405])
  func proportions(total: Int) throws {
    let corpus = try Synthesizer.synthesize(seed: 1, sentences: total)
    #expect(corpus.dev.count == total / 10)
    #expect(corpus.test.count == total / 10)
    #expect(corpus.train.count == total - 2 * (total / 10))
  }

  @Test("less than ten sentences are refused", arguments: [-1, 0, 9])
  func tooFew(total: Int) {
    #expect(throws: CorpusError.self) {
      try Synthesizer.synthesize(seed: 1, sentences: total)
    }
  }

  @Test("one seed gives one corpus, for good")
  func reproducible() throws {
    let text = try Self.text(seed: 1, sentences: 400)
    #expect(try Self.text(seed: 1, sentences: 400) == text)
    #expect(try Self.text(seed: 2, sentences: 400) != text)
    // FNV-1a of the file's bytes: a change of the corpus must be meant, for it changes published
    // figures of the quick start.
    let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    #expect(hash == 12_095_342_627_362_009_930)
  }

  private static func text(seed: UInt64, sentences: Int) throws -> String {
    let corpus = try Synthesizer.synthesize(seed: seed, sentences: sentences)
    return (corpus.train + corpus.dev + corpus.test).map(JSONLines.line).joined(separator: "\n")
  }

  @Test("every kind of sentence occurs")
  func variety() throws {
    let corpus = try Synthesizer.synthesize(seed: 1, sentences: 400)
    let figures = CorpusStatistics(corpus.train)
    #expect(figures.relations.count >= 12)
    #expect(OverlapClass.allCases.allSatisfy { (figures.overlap[$0] ?? 0) > 10 })
    #expect(figures.sentencesByTriples[0] == 0)
    #expect(figures.sentencesByTriples.dropFirst().allSatisfy { $0 > 3 })
    let most = Set(corpus.train.map(\.triples.count))
    #expect(most == Set(1...7))
    #expect(figures.entitiesByLength.allSatisfy { $0 > 3 })
    #expect(figures.unlocatedArguments == 0)
    let few = figures.sentencesByTriples[1...3].reduce(0, +)
    #expect(Double(few) > 0.9 * Double(figures.sentences))
    #expect(corpus.train.contains(where: hasNestedEntities))
    #expect(corpus.train.contains(where: hasRepeatedEntity))
  }

  private func hasNestedEntities(_ sentence: Sentence) -> Bool {
    let spans = sentence.entities.map(\.span)
    return spans.contains { outer in
      spans.contains { $0 != outer && outer.start <= $0.start && $0.end <= outer.end }
    }
  }

  private func hasRepeatedEntity(_ sentence: Sentence) -> Bool {
    sentence.entities.contains { entity in
      let after = Array(sentence.tokens[(entity.span.end + 1)...])
      return Sentence.firstOccurrence(of: sentence.text(of: entity.span), in: after) != nil
    }
  }

  @Test("training shows every word, relation and id once it has 320 sentences", arguments: runs)
  func coverage(seed: UInt64, sentences: Int) throws {
    let corpus = try Synthesizer.synthesize(seed: seed, sentences: sentences)
    let words = Set(corpus.train.flatMap(\.tokens))
    for split in [corpus.dev, corpus.test] {
      #expect(Set(split.flatMap(\.tokens)).subtracting(words).isEmpty)
      #expect(UnseenRelations(in: split, training: corpus.train).counts.isEmpty)
      #expect(Set(split.map(\.id)).count == split.count)
    }
  }

  @Test("no text occurs twice in 4,000 sentences")
  func unique() throws {
    let corpus = try Synthesizer.synthesize(seed: 1, sentences: 4000)
    let all = corpus.train + corpus.dev + corpus.test
    #expect(Set(all.map(\.tokens)).count == all.count)
  }

  /// F1 of gold pointers at last tokens and gold tags, with five triples after a shuffle
  /// (Copy/README.md 3.3).
  private func structuralCeiling(_ split: [Sentence], seed: UInt64) -> Double {
    var counts = (true: 0, predicted: 0, gold: 0)
    for (i, sentence) in split.enumerated() {
      let gold = Array(Set(sentence.triples.map { texts($0, sentence) { $0 } })).sorted {
        $0.lexicographicallyPrecedes($1)
      }
      let triples = sentence.triples
      let order = CounterRandom(seed: seed, purpose: "test.order", example: i)
        .permutation(triples.count)
      let tags = Tags(
        of: triples.flatMap { [$0.head.span, $0.tail.span] }.compactMap { $0 },
        count: sentence.tokens.count, .bio)
      let predicted = Set(
        order.prefix(5).map { index in
          texts(triples[index], sentence) { tags.entity(endingAt: $0.end) }
        })
      counts.true += predicted.intersection(gold).count
      counts.predicted += predicted.count
      counts.gold += gold.count
    }
    return 2 * Double(counts.true) / Double(counts.predicted + counts.gold)
  }

  private func texts(
    _ triple: Triple, _ sentence: Sentence, _ read: (Span) -> Span
  ) -> [String] {
    func text(_ argument: Argument) -> String {
      argument.span.map { sentence.text(of: read($0)) } ?? sentence.text(of: argument)
    }
    return [text(triple.head), triple.relation, text(triple.tail)]
  }
}
