import Autodiff
import Corpora
import Layers
import Randomness
import Tensors

/// The network that CopyRE, CopyRE', CopyRE'5 and CopyMTL share: a bidirectional encoder, a decoder that
/// names relations and points at tokens, and a tagger where the architecture has one.
public struct CopyNetwork: Sendable {
  public let options: CopyOptions
  public let architecture: CopyArchitecture
  public let vocabularies: Vocabularies
  public let layout: ParameterLayout
  let words: Embedding
  let relations: Embedding
  let start: Embedding
  let lengths: Embedding?
  package let encoder: BidirectionalEncoder
  package let cells: [CellParameters]
  package let heads: [CopyHeads]
  package let tagger: Tagger?

  public init(options: CopyOptions, architecture: CopyArchitecture, vocabularies: Vocabularies) {
    var layout = ParameterLayout()
    let (d, dw, start) = (options.hidden, options.embedding, options.wordStart.initializer)
    words = Embedding(
      "embedding.word", words: vocabularies.words.count, width: dw, start: start,
      in: &layout)
    relations = Embedding(
      "embedding.relation", ids: vocabularies.relations.count + 1, width: dw, start: start,
      in: &layout)
    self.start = Embedding("embedding.start", ids: 1, width: dw, start: start, in: &layout)
    lengths =
      architecture.slots == .quintuple
      ? Embedding(
        "embedding.length", ids: vocabularies[.longestEntity] + 1, width: dw, start: start,
        in: &layout)
      : nil
    let encoder = BidirectionalEncoder(
      "encoder", options.cellForm, inputs: dw, width: d, merge: options.encoderMerge, in: &layout)
    self.encoder = encoder
    cells = (0..<(options.decoder == .one ? 1 : options.triples)).map {
      CellParameters("decoder.\($0)", options.cellForm, inputs: dw, width: d, in: &layout)
    }
    let separate = options.decoder == .mul && options.mulHeads == .separate
    heads = (0..<(separate ? options.triples : 1)).map {
      CopyHeads(
        separate ? "\($0)." : "", options, architecture, width: encoder.outputWidth,
        relations: vocabularies.relations.count, lengths: vocabularies[.longestEntity], in: &layout)
    }
    tagger =
      architecture.tagging
      ? Tagger(
        "tagger", inputs: encoder.outputWidth, tags: BIO.allCases.count, ends: options.crfEnds,
        in: &layout) : nil
    self.options = options
    self.architecture = architecture
    self.vocabularies = vocabularies
    self.layout = layout
  }

  /// The kinds of all steps of the decoder.
  var steps: [CopyStep] {
    (0..<options.triples).flatMap { _ in architecture.steps }
  }
}

/// Sentences as the network reads them, longest first.
package struct CopyBatch {
  package let inputs: [WordInput]
  package let layout: SequenceLayout

  package init(_ inputs: [WordInput]) {
    self.inputs = inputs
    layout = SequenceLayout(lengths: inputs.map(\.length))
  }

  /// Word ids in the order of the layout's rows.
  var packedWords: [Int] {
    (0..<layout.steps).flatMap { step in
      (0..<layout.active[step]).map { inputs[$0].words[step] }
    }
  }
}

extension CopyNetwork {
  /// Embeds and encodes a batch; dropout only where there are random streams, which means in training.
  package func encode(_ batch: CopyBatch, streams: RandomStreams?, on tape: Tape)
    -> BidirectionalEncoder.Encoding
  {
    func dropped(_ x: Variable, _ purpose: String) -> Variable {
      guard let streams else { return x }
      return Dropout(options.dropout)(
        x, layout: batch.layout,
        streams: batch.inputs.map { streams.stream(purpose, example: $0.index) }, on: tape)
    }
    let embedded = dropped(
      words(batch.packedWords, rows: batch.layout.tokenRows, on: tape), "dropout of words")
    let encoding = encoder(embedded, layout: batch.layout, on: tape)
    return BidirectionalEncoder.Encoding(
      outputs: dropped(encoding.outputs, "dropout of encoder outputs"), final: encoding.final)
  }

  /// `L_D`, the decoder's cross-entropy, as a sum or a mean over its steps (D15), and `L_E`, the
  /// tagger's, by λ.
  var objective: [ObjectiveTerm<WordInput>] {
    let share = options.decoderReduction == .stepSum ? 1 : 1 / Float(steps.count)
    return [ObjectiveTerm("L_D", weight: share)]
      + (tagger == nil ? [] : [ObjectiveTerm("L_E", weight: options.lambda)])
  }

  /// The terms of the objective on one shard: `L_D`, and `L_E` where there is a tagger (models.md 1.10).
  ///
  /// - Parameter shard: sentences, longest first.
  public func losses(of shard: [WordInput], streams: RandomStreams, on tape: Tape) -> [LossTerm] {
    let batch = CopyBatch(shard)
    let encoding = encode(batch, streams: streams, on: tape)
    let terms = objective.map { LossTerm($0.name, weight: $0.weight, sentences: shard.count) }
    let teaching = TeacherForcing(
      targets: shard.map { options.targets(of: $0, vocabularies, streams: streams) },
      streams: streams,
      probability: options.teacherForcing, loss: terms[0])
    _ = CopyDecoder(self, batch, encoding, on: tape).run(.training(teaching))
    if let tagger {
      tagger.addLoss(
        encoding.outputs, gold: shard.map { options.tags(of: $0).map(\.rawValue) },
        layout: batch.layout, to: terms[1], on: tape)
    }
    return terms
  }

  /// The decoder's choices, `[step][sentence]`, and the tags of each sentence where there is a tagger.
  package func choices(_ batch: CopyBatch, on tape: Tape) -> (actions: [[Int]], tags: [[BIO]]?) {
    let encoding = encode(batch, streams: nil, on: tape)
    let outcomes = CopyDecoder(self, batch, encoding, on: tape).run(.inference)
    let forbidden: [(from: Int?, to: Int)] =
      options.crfConstrained
      ? [(nil, BIO.inside.rawValue), (BIO.outside.rawValue, BIO.inside.rawValue)] : []
    let tags = tagger?.bestTags(
      encoding.outputs, layout: batch.layout, forbidden: forbidden, on: tape)
    return (outcomes.map(\.chosen), tags.map { $0.map { $0.compactMap(BIO.init(rawValue:)) } })
  }
}
