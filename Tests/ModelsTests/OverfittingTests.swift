import Corpora
import Evaluation
import ModelCases
import Models
import Testing

@Suite("Fifty sentences are learnt by heart", .serialized)
struct OverfittingTests {
  /// The first fifty of the sample corpus with at most five triples that pointers and tags can express
  /// without loss.
  static let sentences: [Sentence] = {
    let sample = (try? Synthesizer.synthesize(seed: 1, sentences: 400))?.train ?? []
    let vocabularies = Vocabularies(training: sample)
    let model = CopyMTL(options: CopyOptions(), vocabularies: vocabularies)
    let expressible = sample.filter { sentence in
      let example = WordInput(index: 0, sentence: sentence, vocabularies: vocabularies)
      let oracle = TripleCounts(
        sentences: [sentence], predictions: [model.oracle(of: example, seed: 1)])
      return sentence.triples.count <= 5 && oracle.f1 == 1
    }
    return Array(expressible.prefix(50))
  }()
  static let byLastToken = SmallCorpus.byLastToken(sentences)

  @Test("by every model, as far as its output can express them", arguments: ModelCase.all)
  func everyModel(_ test: ModelCase) throws {
    let learning = test.learning
    let once = learning.byLastToken ? Self.byLastToken : Self.sentences
    let sentences = learning.isTwice ? once + once : once
    let training = PlainTraining(
      try test.section(learning.settings), on: test.isTyped ? sentences.map(\.typed) : sentences)
    let best = training.train(
      epochs: learning.epochs, rate: learning.rate, clip: learning.clip, until: learning.goal)
    #expect(best > learning.goal, "\(test)")
    #expect(training.ceilingF1 >= best)
  }

  /// What the tags of HMT's targets say of these sentences, right or wrong (HMT/README.md 5.3).
  @Test("by HMT, whose goal is a little below its oracle", arguments: ModelCase.all)
  func hmtGoals(_ test: ModelCase) throws {
    guard test.kind == "hmt" else { return }
    let section = try test.section(test.learning.settings)
    let options = try #require(section.options as? HMTOptions)
    let model = HMT(options: options, vocabularies: HMT.vocabularies(of: Self.sentences))
    let predictions = Self.sentences.enumerated().map { index, sentence in
      model.oracle(of: model.input(sentence, index: index, limit: .max))
    }
    let oracle = TripleCounts(
      sentences: Self.sentences, predictions: predictions, match: .exactPosition)
    #expect((test.learning.goal..<test.learning.goal + 0.02).contains(oracle.f1), "\(oracle.f1)")
  }

  /// All copy steps of CopyRE share one distribution over the tokens, so that all triples of a sentence
  /// have one token as head, and without M the same one as tail.
  @Test("not by CopyRE without the mask")
  func withoutMask() throws {
    let copyre = try #require(ModelCase.all.first { $0.description == "copyre" })
    let training = PlainTraining(
      try copyre.section(copyre.learning.settings + ["model.mask=none"]), on: Self.byLastToken)
    #expect(training.train(epochs: 60, until: 0.05) <= 0.05)
  }
}
