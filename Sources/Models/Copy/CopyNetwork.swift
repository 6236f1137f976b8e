import Autodiff
import Corpora
import Layers
import Randomness
import Tensors

/// The network of CopyRE, CopyRE', CopyRE'5 and CopyMTL: a bidirectional encoder, a decoder of relations
/// and token pointers, and in CopyMTL a tagger.
package struct CopyNetwork: Sendable {
  package let options: CopyOptions
  package let architecture: CopyArchitecture
  package let vocabularies: Vocabularies
  package let layout: ParameterLayout
  /// The vectors of words; the last row is that of NA.
  let words: Embedding
  /// The vectors of relations; the last row is that of NA.
  let relations: Embedding
  /// The vector of the start symbol, the decoder's first input.
  let start: Embedding
  /// The vectors of entity lengths, in CopyRE'5 alone; the last row is that of NA.
  let lengths: Embedding?
  package let encoder: BidirectionalEncoder
  /// One cell, or one for each triple (Copy/README.md 2.4).
  package let cells: [CellParameters]
  /// One set of heads, or one for each triple (Models/README.md D26).
  package let heads: [CopyHeads]
  package let tagger: Tagger?

  /// Declares all parameters.
  package init(options: CopyOptions, architecture: CopyArchitecture, vocabularies: Vocabularies) {
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
        "tagger", inputs: encoder.outputWidth, tags: TagScheme.bio.count, ends: options.crfEnds,
        in: &layout) : nil
    self.options = options
    self.architecture = architecture
    self.vocabularies = vocabularies
    self.layout = layout
  }

  /// The kinds of all decoder steps, T times those of one triple.
  var steps: [CopyStep] {
    (0..<options.triples).flatMap { _ in architecture.steps }
  }
}

/// Encoded sentences, longest first, and the layout of their tokens.
package struct CopyBatch {
  package let inputs: [WordInput]
  package let layout: SequenceLayout

  package init(_ inputs: [WordInput]) {
    self.inputs = inputs
    layout = SequenceLayout(lengths: inputs.map(\.length))
  }

  /// Word ids in the order of the layout's rows.
  var packedWords: [Int] {
    layout.packed { inputs[$0].words[$1] }
  }
}

extension CopyNetwork {
  /// Embeds and encodes a batch.
  ///
  /// - Parameter streams: the random streams of dropout; `nil` in inference, without dropout.
  package func encode(_ batch: CopyBatch, streams: RandomStreams?, on tape: Tape)
    -> BidirectionalEncoder.Encoding
  {
    let dropped = PassDropout(
      options.dropout, of: batch.inputs, layout: batch.layout, streams: streams, on: tape)
    let embedded = dropped(
      words(batch.packedWords, rows: batch.layout.tokenRows, on: tape), "dropout of words")
    let encoding = encoder(embedded, layout: batch.layout, on: tape)
    return BidirectionalEncoder.Encoding(
      outputs: dropped(encoding.outputs, "dropout of encoder outputs"), final: encoding.final)
  }

  /// `L_D`, the decoder's cross-entropy, a sum or a mean over its steps (D15), and in models with a tagger
  /// `L_E`, the CRF's, with weight λ.
  var objective: [ObjectiveTerm<WordInput>] {
    let share = options.decoderReduction == .stepSum ? 1 : 1 / Float(steps.count)
    return [ObjectiveTerm("L_D", weight: share)]
      + (tagger == nil ? [] : [ObjectiveTerm("L_E", weight: options.lambda)])
  }

  /// The losses `L_D` and, with a tagger, `L_E` of each sentence (Models/README.md 1.10).
  ///
  /// - Parameter shard: sentences, longest first.
  package func losses(of shard: [WordInput], streams: RandomStreams, on tape: Tape) -> [LossTerm] {
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
        encoding.outputs, gold: shard.map { options.tags(of: $0).values },
        layout: batch.layout, to: terms[1], on: tape)
    }
    return terms
  }

  /// Decodes a batch.
  ///
  /// - Parameter scoring: whether the probabilities of what is chosen are asked for.
  package func choices(
    _ batch: CopyBatch, scoring: Bool = false, on tape: Tape
  ) -> [CopyChoices] {
    let encoding = encode(batch, streams: nil, on: tape)
    let outcomes = CopyDecoder(self, batch, encoding, on: tape).run(.inference)
    let inside = TagScheme.bio.tag(.inside)
    let forbidden: [(from: Int?, to: Int)] =
      options.crfConstrained ? [(nil, inside), (TagScheme.outside, inside)] : []
    let tagged = tagger?.bestTags(
      encoding.outputs, layout: batch.layout, forbidden: forbidden, scoring: scoring, on: tape)
    return batch.inputs.indices.map { sentence in
      CopyChoices(
        actions: outcomes.map { $0.chosen[sentence] },
        tags: tagged.map { Tags($0.tags[sentence], .bio) },
        scores: scoring
          ? CopyScores(
            steps: outcomes.map { $0.logProbability(sentence: sentence) },
            tags: tagged?.marginals?[sentence]) : nil)
    }
  }
}
