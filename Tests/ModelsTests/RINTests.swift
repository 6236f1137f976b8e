import Autodiff
import Corpora
import Layers
import Models
import Tensors
import Testing

@Suite("RIN")
struct RINTests {
  /// Seven, five and two tokens with three relations; the first has two triples at one pair of anchors.
  private static let sentences = [
    Sentence(
      id: "seven", tokens: ["a", "b", "c", "d", "e", "f", "g"],
      triples: [
        triple(Span(0, 1), "p", Span(4, 6)), triple(Span(4, 6), "q", Span(0, 1)),
        triple(Span(1, 1), "p", Span(6, 6)), triple(Span(3, 3), "r", Span(3, 3)),
      ]),
    Sentence(
      id: "five", tokens: ["d", "e", "a", "h", "b"], triples: [triple(Span(2, 3), "r", Span(0, 0))]),
    Sentence(id: "two", tokens: ["b", "f"]),
  ]

  private static func triple(_ head: Span, _ relation: String, _ tail: Span) -> Triple {
    Triple(head: .span(head), relation: relation, tail: .span(tail))
  }

  private static func options(_ change: (inout RINOptions) -> Void = { _ in }) -> RINOptions {
    var options = RINOptions()
    (options.embedding, options.hidden, options.pairWidth) = (3, 2, 5)
    (options.dropout, options.erWeight) = (0, 0.5)
    change(&options)
    return options
  }

  /// The losses and the gradient of a model that starts from seed 3, in the direct form or not.
  private static func pass(
    _ options: RINOptions, isNaive: Bool = false
  ) -> (losses: [Double], gradient: [Float]) {
    let model = RIN(options: options, vocabularies: RIN.vocabularies(of: sentences))
    let (values, gradients) = (Slab(count: model.layout.count), Slab(count: model.layout.count))
    values.initialize(model.layout, seed: 3)
    let tape = Tape(parameters: values, mode: .oneShard)
    let inputs = sentences.enumerated().map { model.input($1, index: $0, limit: .max) }
    let terms =
      isNaive
      ? NaiveRIN(model: model).losses(of: inputs, on: tape)
      : model.losses(of: inputs, streams: RandomStreams(seed: 0, epoch: 0), on: tape)
    for term in terms { term.gradientScale = term.weight / Float(inputs.count) }
    tape.collected().add(to: gradients)
    return (terms.flatMap(\.perSentence), Array(gradients.buffer))
  }

  @Test(
    "the streamed and the direct form have the same loss and gradient", arguments: 0...3,
    RINOptions.GRUForm.allCases)
  func streamed(_ layers: Int, _ form: RINOptions.GRUForm) {
    let options = Self.options { ($0.layers, $0.gruForm) = (layers, form) }
    let (a, b) = (Self.pass(options), Self.pass(options, isNaive: true))
    for (x, y) in zip(a.losses, b.losses) { #expect(abs(x - y) <= 1e-5 * abs(y)) }
    let largest = b.gradient.map(abs).max() ?? 0
    #expect(largest > 0)
    for (x, y) in zip(a.gradient, b.gradient) { #expect(abs(x - y) <= 1e-5 * largest) }
  }

  @Test("with one layer the ablations are the full model, with two they are not")
  func ablations() {
    for ablation in [RINOptions.Interaction.withoutER, .withoutRC] {
      for layers in 1...2 {
        let full = Self.pass(Self.options { $0.layers = layers })
        let without = Self.pass(
          Self.options { ($0.layers, $0.interaction) = (layers, ablation) })
        #expect((full.losses == without.losses) == (layers == 1))
        #expect((full.gradient == without.gradient) == (layers == 1))
      }
    }
  }

  @Test("without layers there are no cells; without parts of speech no vectors of them")
  func parameters() {
    func names(_ layers: Int, _ width: Int, parts: [String]?) -> [String] {
      var sentences = Self.sentences
      sentences[0].partsOfSpeech = parts
      return RIN(
        options: Self.options { ($0.layers, $0.posEmbedding) = (layers, width) },
        vocabularies: RIN.vocabularies(of: sentences)
      ).layout.parameters.map(\.name)
    }
    let parts = [String](repeating: "NN", count: 7)
    #expect(!names(0, 10, parts: parts).contains { $0.hasPrefix("interaction") })
    #expect(names(1, 10, parts: parts).contains { $0.hasPrefix("interaction.relation") })
    #expect(names(1, 10, parts: parts).contains("embedding.pos"))
    #expect(!names(1, 0, parts: parts).contains("embedding.pos"))
    #expect(!names(1, 10, parts: nil).contains("embedding.pos"))
  }

  @Test("triples with the same anchors and relation are one target; the others are counted")
  func targets() {
    func merged(_ anchor: Anchor, limit: Int = .max) -> Int {
      let model = RIN(
        options: Self.options { $0.anchor = anchor },
        vocabularies: RIN.vocabularies(of: Self.sentences))
      return model.conflicts(in: model.input(Self.sentences[0], index: 0, limit: limit))
    }
    #expect(merged(.last) == 1 && merged(.first) == 0 && merged(.last, limit: 6) == 0)
    func pairs(_ anchor: Anchor, limit: Int = .max) -> [[Int]] {
      let model = RIN(
        options: Self.options { $0.anchor = anchor },
        vocabularies: RIN.vocabularies(of: Self.sentences))
      return model.targets(of: model.input(Self.sentences[0], index: 0, limit: limit))
        .map { [$0.head, $0.tail, $0.relation] }
    }
    #expect(pairs(.last) == [[1, 6, 0], [6, 1, 1], [3, 3, 2]])
    #expect(pairs(.first) == [[0, 4, 0], [4, 0, 1], [1, 6, 0], [3, 3, 2]])
    #expect(pairs(.last, limit: 6) == [[3, 3, 2]])
  }

  @Test("an anchor stands for the span that ends there, or starts there, or for its token")
  func reading() {
    let tags = Tags([1, 3, 0, 4, 1, 2, 3], .bioes)
    let cells = [
      PairTarget(head: 1, tail: 6, relation: 0), PairTarget(head: 0, tail: 3, relation: 1),
      PairTarget(head: 2, tail: 4, relation: 2),
    ]
    func spans(_ anchor: Anchor) -> [[Span?]] {
      RIN(
        options: Self.options { $0.anchor = anchor },
        vocabularies: RIN.vocabularies(of: Self.sentences)
      ).read(cells, tags: tags).triples.map { [$0.head.span, $0.tail.span] }
    }
    #expect(
      spans(.last) == [
        [Span(0, 1), Span(4, 6)], [Span(0, 0), Span(3, 3)], [Span(2, 2), Span(4, 4)],
      ])
    #expect(
      spans(.first) == [
        [Span(1, 1), Span(6, 6)], [Span(0, 1), Span(3, 3)], [Span(2, 2), Span(4, 6)],
      ])
  }
}
