import Autodiff
import Corpora
import Layers
import Models
import Tensors

/// Sentences of unequal length whose triples cover the cases: several triples, more than two, none,
/// one with an unlocated entity, a repeated one, and one of an unknown relation; one sentence has entities with types.
enum TinyCorpus {
  static let relations = ["acts in", "born in", "capital of", "directs"]

  static let sentences: [Sentence] = [
    Sentence(
      id: "several", tokens: ["a", "b", "c", "d", "e", "f", "g"],
      entities: [
        EntityMention(span: Span(0, 1), type: "person"),
        EntityMention(span: Span(3, 3), type: "film"),
        EntityMention(span: Span(4, 6), type: "place"),
      ],
      triples: [
        triple(Span(0, 1), 0, Span(3, 3)), triple(Span(3, 3), 2, Span(5, 6)),
        triple(Span(0, 1), 3, Span(5, 6)),
      ]),
    Sentence(id: "none", tokens: ["c", "a", "g"]),
    Sentence(
      id: "unlocated", tokens: ["d", "e", "a", "h", "b"],
      triples: [
        Triple(head: .text("Z"), relation: relations[0], tail: .span(Span(1, 1))),
        triple(Span(1, 2), 1, Span(4, 4)), triple(Span(1, 2), 1, Span(4, 4)),
      ]),
    Sentence(id: "short", tokens: ["b", "f"], triples: [triple(Span(0, 0), 3, Span(1, 1))]),
  ]

  static func triple(_ head: Span, _ relation: Int, _ tail: Span) -> Triple {
    Triple(head: .span(head), relation: relations[relation], tail: .span(tail))
  }

  static let vocabularies = Vocabularies(training: sentences)

  /// Longest first.
  static let examples = sentences.enumerated()
    .map { WordInput(index: $0, sentence: $1, vocabularies: vocabularies) }
    .sorted { $0.length > $1.length }
}

extension CopyOptions {
  /// Widths that no two of are alike, and two triples.
  static var tiny: CopyOptions {
    var options = CopyOptions()
    options.embedding = 3
    options.hidden = 4
    options.fusion = 5
    options.attentionWidth = 2
    options.triples = 2
    options.teacherForcing = 1
    return options
  }

  func with(_ change: (inout CopyOptions) -> Void) -> CopyOptions {
    var options = self
    change(&options)
    return options
  }
}

/// A model with parameters that are large enough for its choices to differ.
struct TinyModel<Model: CopyModel> {
  let model: Model
  let parameters: Slab

  init(
    _ options: CopyOptions, vocabularies: Vocabularies = TinyCorpus.vocabularies, seed: UInt64 = 1
  ) {
    model = Model(options: options, vocabularies: vocabularies)
    parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: seed)
    for i in 0..<parameters.count { parameters.buffer[i] *= 3 }
  }

  struct Step {
    /// Each term's sums, sentence by sentence.
    let losses: [[Double]]
    /// The weighted total of all terms.
    let total: Double
    let gradient: [Float]
  }

  /// The objective and its gradient, each sentence counting as it does in a batch of `sentences`.
  func step(
    _ shard: [WordInput] = TinyCorpus.examples,
    streams: RandomStreams = RandomStreams(seed: 5, epoch: 2),
    sentences: Int = 1
  ) -> Step {
    let gradients = Slab(count: parameters.count)
    let tape = Tape(parameters: parameters, mode: .oneShard)
    let losses = model.losses(of: shard, streams: streams, on: tape)
    for loss in losses { loss.gradientScale = loss.weight / Float(sentences) }
    tape.collected().add(to: gradients)
    return Step(
      losses: losses.map(\.perSentence), total: Self.total(losses),
      gradient: Array(gradients.buffer))
  }

  /// The weighted total alone.
  func total(
    _ shard: [WordInput] = TinyCorpus.examples,
    streams: RandomStreams = RandomStreams(seed: 5, epoch: 2)
  ) -> Double {
    Self.total(model.losses(of: shard, streams: streams, on: Tape(parameters: parameters)))
  }

  private static func total(_ losses: [LossTerm]) -> Double {
    losses.reduce(0) { $0 + Double($1.weight) * $1.sum }
  }

  func predict(_ batch: [WordInput] = TinyCorpus.examples) -> [Prediction] {
    model.predict(batch, on: Tape(parameters: parameters))
  }

  /// The part of a gradient that belongs to the parameter of that name.
  func part(_ gradient: [Float], _ name: String) -> [Float] {
    model.layout.parameters.filter { $0.name == name }
      .flatMap { gradient[$0.offset..<$0.offset + $0.count] }
  }

  /// Takes the values of every parameter of the same name from another model.
  func take<Other>(from other: TinyModel<Other>) {
    for parameter in model.layout.parameters {
      for source in other.model.layout.parameters where source.name == parameter.name {
        parameters(parameter).assign(other.parameters(source))
      }
    }
  }
}

/// Any model of the list on the tiny corpus, with parameters that are large enough for its choices to differ.
struct TinyRun {
  let model: any ExtractionModel
  let parameters: Slab
  let split: any EncodedSplit
  private let streams = RandomStreams(seed: 5, epoch: 2)

  init(_ section: ModelSection) {
    model = section.model(for: section.vocabularies(of: TinyCorpus.sentences))
    split = model.encode(TinyCorpus.sentences.sorted { $0.tokens.count > $1.tokens.count })
    parameters = Slab(count: model.layout.count)
    parameters.initialize(model.layout, seed: 1)
    for i in 0..<parameters.count { parameters.buffer[i] *= 3 }
  }

  private func losses(on tape: Tape) -> [LossTerm] {
    let members = Array(0..<split.count)
    let losses = split.losses(of: members, streams: streams, on: tape)
    let normalizers = split.normalizers(of: members, streams: streams)
    for (loss, normalizer) in zip(losses, normalizers) {
      loss.gradientScale = loss.weight / Float(max(normalizer, 1))
    }
    return losses
  }

  /// The gradient of ``total()``.
  func gradient() -> [Float] {
    let gradients = Slab(count: parameters.count)
    let tape = Tape(parameters: parameters, mode: .oneShard)
    _ = losses(on: tape)
    tape.collected().add(to: gradients)
    return Array(gradients.buffer)
  }

  /// The objective.
  func total() -> Double {
    losses(on: Tape(parameters: parameters)).reduce(0) { $0 + Double($1.gradientScale) * $1.sum }
  }
}
