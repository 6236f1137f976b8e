import Autodiff
import Corpora
import Evaluation
import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@testable import Models

extension HMTOptions {
  func with(_ change: (inout HMTOptions) -> Void) -> HMTOptions {
    var options = self
    change(&options)
    return options
  }
}

@Suite("HMT")
struct HMTTests {
  /// HMT/README.md 5.1: parameters of EE and JE, without word vectors.
  @Test(
    "parameter counts of HMT/README.md 5.1",
    arguments: [(4, 29, 2_440_817, 3_910_917), (3, 24, 2_439_613, 3_904_897)])
  func parameters(types: Int, relations: Int, ee: Int, je: Int) {
    func names(_ count: Int) -> NameList { NameList((0..<count).map { "\($0)" }) }
    let vocabularies = Vocabularies(
      lists: [
        ("words", names(98)), ("relations", names(relations)), ("entity_types", names(types)),
      ], sizes: [])
    let model = HMT(options: HMT.defaults, vocabularies: vocabularies)
    func count(_ prefix: String) -> Int {
      model.layout.parameters.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.count }
    }
    #expect(model.entityScheme.count == 1 + 4 * types)
    #expect(model.jointScheme.count == 1 + 4 * relations)
    #expect(count("ee.") == ee && count("je.") == je)
    #expect(model.layout.count == 300 * 100 + ee + je)
    let without = HMT(
      options: HMT.defaults.with { $0.withEE = false }, vocabularies: vocabularies)
    // The encoder no longer reads the 600 outputs of EE's.
    #expect(without.layout.count == 300 * 100 + je - 2 * 4 * 300 * 600)
  }

  private static let sentence = Sentence(
    id: "", tokens: ["a", "b", "c", "d", "e", "f"],
    entities: [
      EntityMention(span: Span(0, 1), type: "x"), EntityMention(span: Span(3, 3), type: "y"),
      EntityMention(span: Span(4, 4), type: "y"),
    ],
    triples: [
      TinyCorpus.triple(Span(0, 1), 1, Span(3, 3)), TinyCorpus.triple(Span(3, 3), 1, Span(5, 5)),
      TinyCorpus.triple(Span(0, 1), 1, Span(5, 5)), TinyCorpus.triple(Span(0, 1), 1, Span(3, 3)),
    ])

  private func model(
    of sentences: [Sentence], _ change: (inout HMTOptions) -> Void = { _ in }
  ) -> HMT {
    HMT(options: HMTOptions().with(change), vocabularies: HMT.vocabularies(of: sentences))
  }

  @Test("the first triple wins a token; the others are counted once each")
  func targets() {
    let hmt = model(of: [Self.sentence])
    let input = hmt.input(Self.sentence, index: 0, limit: .max)
    let joint = hmt.jointTags(of: input)
    #expect(joint.tags.values == [1, 2, 0, 3, 0, 3] && joint.lost == 1)
    #expect(hmt.conflicts(in: input) == 1)
    let prediction = hmt.read(joint.tags, entities: nil)
    #expect(
      Set(prediction.triples) == [Self.sentence.triples[0], Self.sentence.triples[2]])
    let cut = hmt.jointTags(of: hmt.input(Self.sentence, index: 0, limit: 4))
    #expect(cut.tags.values == [1, 2, 0, 3] && cut.lost == 0)
  }

  @Test(
    "of two entities that begin alike the tags spell the longer one, and the other's triple is lost"
  )
  func beginnings() {
    func triple(_ head: Span) -> Triple {
      Triple(head: .span(head), relation: "r", tail: .span(Span(3, 3)))
    }
    let (long, short) = (triple(Span(0, 1)), triple(Span(0, 0)))
    for triples in [[long, short], [short, long]] {
      let sentence = Sentence(id: "", tokens: ["New", "York", "and", "Bob"], triples: triples)
      let hmt = model(of: [sentence])
      let joint = hmt.jointTags(of: hmt.input(sentence, index: 0, limit: .max))
      #expect(joint.tags.values == [1, 2, 0, 3] && joint.lost == 1)
    }
  }

  @Test("with types EE tags all that is listed, without it tags the entities of triples")
  func entities() throws {
    let types = ["x": 0, "y": 1]
    let hmt = model(of: [Self.sentence])
    let input = hmt.input(Self.sentence, index: 0, limit: .max)
    let tags = try #require(hmt.entityTags(of: input))
    #expect(tags.values == [1, 3, 0, 8, 8, 0] && hmt.taggedEntities == .all)
    let found = hmt.read(hmt.jointTags(of: input).tags, entities: tags).entities
    #expect(found == Self.sentence.entities && types.count == hmt.vocabularies[.entityTypes].count)

    var bare = Self.sentence
    bare.entities = []
    let untyped = model(of: [bare])
    #expect(
      untyped.entityTags(of: untyped.input(bare, index: 0, limit: .max))?.values == [
        1, 3, 0, 4, 0, 4,
      ])
    #expect(untyped.taggedEntities == .triples && untyped.entityScheme == .bioes)
    #expect(
      model(of: [Self.sentence]) { $0.taggedEntities = .triples }.entityTags(of: input)?.values == [
        1, 3, 0, 8, 0, 0,
      ])
    // A sentence of another corpus teaches EE nothing; one without entities and triples teaches O.
    let untaught = [bare, Self.sentence].map { hmt.input($0, index: 0, limit: .max) }
    #expect(hmt.entityTags(of: untaught[0]) == nil)
    #expect(hmt.remarks(on: untaught, isTaught: true).first?.hasPrefix("1 of 2 sentences") == true)
    #expect(hmt.remarks(on: [untaught[1]], isTaught: true).isEmpty)
    bare.triples = []
    #expect(
      hmt.entityTags(of: hmt.input(bare, index: 0, limit: .max))?.values == [0, 0, 0, 0, 0, 0])
  }

  /// Losses of sentences in their own order, longest first, by term.
  private func losses(_ hmt: HMT, _ sentences: [Sentence], seed: UInt64 = 1) -> [[Double]] {
    let parameters = Slab(count: hmt.layout.count)
    parameters.initialize(hmt.layout, seed: seed)
    let inputs = sentences.enumerated().map { hmt.input($1, index: $0, limit: .max) }
    return hmt.losses(
      of: inputs, streams: RandomStreams(seed: 1, epoch: 0), on: Tape(parameters: parameters)
    ).map(\.perSentence)
  }

  @Test("a sentence without types has no loss of EE; tokens that are not O weigh as told")
  func weights() {
    let small: (inout HMTOptions) -> Void = {
      ($0.embedding, $0.hidden, $0.tagWidth, $0.dropout) = (3, 4, 5, 0)
    }
    var bare = Self.sentence
    bare.entities = []
    let hmt = model(of: [Self.sentence], small)
    let found = losses(hmt, [Self.sentence, bare])
    #expect(found[1][0] > 0 && found[1][1] == 0)
    #expect(found[0][0] == found[0][1])
    func weighted(_ weight: Float) -> Double {
      losses(
        model(of: [Self.sentence]) {
          small(&$0)
          $0.nonOWeight = weight
        }, [Self.sentence])[0][0]
    }
    let (outside, inside) = (weighted(0), weighted(1) - weighted(0))
    #expect(outside > 0 && abs(weighted(10) - outside - 10 * inside) < 1e-4)
  }

  @Test("the mean over tokens divides both losses by the tokens of the minibatch")
  func tokenMean() {
    for (mean, expected) in [(false, 1), (true, 6)] {
      let hmt = model(of: [Self.sentence]) { $0.tokenMean = mean }
      let input = hmt.input(Self.sentence, index: 0, limit: .max)
      let counts = hmt.objective.map { $0.count(input, RandomStreams(seed: 1, epoch: 0)) }
      #expect(counts == [expected, expected])
    }
  }
}

/// A row of the table of HMT/README.md 5.2: gold triples are tagged, and read again by each rule.
struct HMTOracle: Sendable, CustomTestStringConvertible {
  let file: String
  /// Precision, recall and F1 of each rule.
  let printed: [(Pairing, [Double])]

  var testDescription: String { file }

  static let all = [
    HMTOracle(
      file: "NYT24/prgc-exact/test_triples.json.gz",
      printed: [
        (.nearest, [0.9925, 0.6666, 0.7976]), (.cartesian, [0.9704, 0.6696, 0.7924]),
        (.zip, [0.9945, 0.6648, 0.7969]), (.oneToOne, [0.9974, 0.6204, 0.7650]),
      ]),
    HMTOracle(
      file: "WebNLG/prgc-exact/test_triples.json",
      printed: [
        (.nearest, [0.9987, 0.4935, 0.6606]), (.cartesian, [0.9975, 0.4935, 0.6603]),
        (.zip, [1, 0.4935, 0.6608]), (.oneToOne, [1, 0.4798, 0.6484]),
      ]),
  ]
}

@Suite("Oracles of HMT")
struct HMTOracleTests {
  @Test(
    "gold tags score as HMT/README.md 5.2 prints, and no more than the ceiling",
    .enabled(if: corpusFolder != nil), arguments: HMTOracle.all)
  func published(_ oracle: HMTOracle) throws {
    let folder = try #require(corpusFolder)
    let sentences = try CorpusFormat.triples.read(folder.appending(path: oracle.file).path)
      .sentences
    let vocabularies = HMT.vocabularies(of: sentences)
    for (rule, printed) in oracle.printed {
      let model = HMT(
        options: HMTOptions().with { ($0.pairing, $0.withEE) = (rule, false) },
        vocabularies: vocabularies)
      let inputs = sentences.enumerated().map { model.input($1, index: $0, limit: .max) }
      let counts = TripleCounts(sentences: sentences, predictions: inputs.map(model.oracle))
      for (found, printed) in zip([counts.precision, counts.recall, counts.f1], printed) {
        #expect(abs(found - printed) <= 0.00005, "\(rule): \(found), not \(printed)")
      }
      let ceiling = zip(sentences, inputs).reduce(into: TripleCounts()) {
        $0 += TripleCounts(ceilingOf: $1.0, model.expressible(in: $1.1), match: .exact)
      }
      #expect(ceiling.recall >= counts.recall && ceiling.recall < counts.recall + 0.1, "\(ceiling)")
    }
  }
}
