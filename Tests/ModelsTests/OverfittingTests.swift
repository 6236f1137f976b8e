import Corpora
import Evaluation
import Models
import Testing

@Suite("Fifty sentences are learnt by heart", .serialized)
struct OverfittingTests {
  /// The first fifty of the sample corpus with at most five triples that pointers and tags can express
  /// without loss.
  static let sentences: [Sentence] = {
    let sample = (try? Synthesizer.synthesize(seed: 1, sentences: 400))?.train ?? []
    let inventory = Inventory(training: sample)
    let model = CopyMTL(options: CopyOptions(), inventory: inventory)
    let expressible = sample.filter { sentence in
      let example = Example(index: 0, sentence: sentence, inventory: inventory)
      let ceiling = TripleCounts(
        sentences: [sentence], predictions: [model.ceiling(of: example, seed: 1)])
      return sentence.triples.count <= 5 && ceiling.f1 == 1
    }
    return Array(expressible.prefix(50))
  }()
  static let byLastToken = SmallCorpus.byLastToken(sentences)

  static var options: CopyOptions {
    var options = CopyOptions()
    options.embedding = 32
    options.hidden = 64
    options.fusion = 32
    options.teacherForcing = 1
    return options
  }

  private func learn<Model: CopyModel>(
    _ type: Model.Type, _ options: CopyOptions, _ sentences: [Sentence], epochs: Int = 200,
    until goal: Double
  ) -> Double {
    let training = PlainTraining<Model>(options, on: sentences)
    let ceilings = training.examples.map { training.model.ceiling(of: $0, seed: 1) }
    #expect(options.mask != .none || exactF1(ceilings, training.examples) == 1)
    return training.train(epochs: epochs, until: goal)
  }

  @Test("by CopyRE', which points at last tokens")
  func copyREPrime() {
    #expect(learn(CopyREPrime.self, Self.options, Self.byLastToken, until: 0.98) > 0.98)
  }

  @Test("by CopyRE'5")
  func copyREPrime5() {
    #expect(learn(CopyREPrime5.self, Self.options, Self.sentences, until: 0.98) > 0.98)
  }

  @Test("by CopyMTL")
  func copyMTL() {
    #expect(learn(CopyMTL.self, Self.options, Self.sentences, until: 0.98) > 0.98)
  }

  /// All copy steps of CopyRE share one distribution over the tokens, so that all triples of a sentence
  /// have one token as head, and without M the same one as tail. With M the tail is the second best
  /// token, which is right for some triple of most sentences.
  @Test("not by CopyRE: some of them with the mask, none without")
  func copyRE() {
    func best(_ mask: CopyOptions.Mask, epochs: Int, until goal: Double) -> Double {
      var options = Self.options
      options.embedding = 64
      options.hidden = 128
      options.mask = mask
      return learn(CopyRE.self, options, Self.byLastToken, epochs: epochs, until: goal)
    }
    #expect(best(.none, epochs: 60, until: 0.05) <= 0.05)
    #expect(best(.neginf, epochs: 150, until: 0.3) >= 0.3)
  }
}
