import Autodiff
import Corpora
import Layers
import Tensors

/// RIN (Sun, Zhang, Mensah, Mao and Liu, EMNLP 2020): a tagger of entities and a classifier of all pairs of
/// tokens, which exchange their predictions over K layers with shared parameters (RIN/README.md 6).
package struct RIN: ExtractionModel {
  package static let names = ["rin"]
  package static let defaults = RINOptions()
  package static var lists: [VocabularyList] { [.words, .relations, .partsOfSpeech] }

  package let options: RINOptions
  package let vocabularies: Vocabularies
  package let layout: ParameterLayout
  package let words: Embedding
  /// `nil` in a corpus without parts of speech.
  package let partsOfSpeech: Embedding?
  package let encoder: BidirectionalEncoder
  /// ER, the tagger: BIOES logits of each token.
  package let entities: Linear
  /// RC, the relation classifier.
  package let pairs: PairClassifier
  /// The layers; `nil` without.
  package let interaction: Interaction?

  package init(options: RINOptions, vocabularies: Vocabularies) {
    var layout = ParameterLayout()
    let (relations, tags) = (vocabularies.relations.count, TagScheme.bioes.count)
    words = Embedding(
      "embedding.word", ids: vocabularies.words.count, width: options.embedding,
      start: options.wordStart.initializer, isSparse: true, in: &layout)
    let parts = vocabularies.partOfSpeechCount
    partsOfSpeech =
      parts == 0 || options.posEmbedding == 0
      ? nil
      : Embedding(
        "embedding.pos", names: parts, width: options.posEmbedding,
        start: options.wordStart.initializer, in: &layout)
    encoder = BidirectionalEncoder(
      "encoder", .lstm,
      inputs: options.embedding + (partsOfSpeech?.table.columns ?? 0), width: options.hidden,
      merge: .concatenate, in: &layout)
    let width = encoder.outputWidth
    entities = Linear("entity", inputs: width, outputs: tags, in: &layout)
    pairs = PairClassifier(
      "pair", inputs: width, width: options.pairWidth, relations: relations, in: &layout)
    interaction =
      options.layers == 0
      ? nil : Interaction(options, width: width, tags: tags, relations: relations, in: &layout)
    self.options = options
    self.vocabularies = vocabularies
    self.layout = layout
  }

  package var taggedEntities: TaggedEntities { options.taggedEntities }
  package var wordTables: [WordTable] { [WordTable(words.table, start: options.wordStart)] }

  /// `L_r`, the cross-entropy of pairs and relations, and `L_e`, that of tags (RIN/README.md 6.4).
  package var objective: [ObjectiveTerm<RINInput>] {
    [ObjectiveTerm("L_r"), ObjectiveTerm("L_e", weight: options.erWeight)]
  }
}

extension RIN {
  /// The features of the final classifiers, `[tokens, 2 · hidden]` each.
  package struct Features {
    package let entities: Variable
    package let relations: Variable
    package let layout: SequenceLayout
  }

  /// Encodes sentences, `H⁰ [tokens, 2 · hidden]` (RIN/README.md 6.1).
  ///
  /// - Parameters:
  ///   - batch: sentences, longest first.
  ///   - streams: the random streams of dropout; `nil` in inference, without dropout.
  package func encoded(
    _ batch: [RINInput], streams: RandomStreams?, on tape: Tape
  ) -> (Variable, SequenceLayout) {
    let rows = SequenceLayout(lengths: batch.map(\.length))
    var input = words(ids(batch, rows) { $0.words.words }, rows: rows.tokenRows, on: tape)
    if let partsOfSpeech {
      let ids = ids(batch, rows) { $0.partsOfSpeech ?? [] }
      input = tape.concatenated(input, partsOfSpeech(ids, rows: rows.tokenRows, on: tape))
    }
    let dropped = PassDropout(
      options.dropout, of: batch, layout: rows, streams: streams, on: tape)
    input = dropped(input, "dropout of input")
    return (encoder(input, layout: rows, on: tape).outputs, rows)
  }

  /// Encodes sentences and lets the two tasks interact (RIN/README.md 6.3).
  ///
  /// - Parameters: those of ``encoded(_:streams:on:)``.
  package func features(
    of batch: [RINInput], streams: RandomStreams?, on tape: Tape
  ) -> Features {
    let (start, rows) = encoded(batch, streams: streams, on: tape)
    let (he, hr) = interaction?(start, rows, entities, pairs, on: tape) ?? (start, start)
    return Features(entities: he, relations: hr, layout: rows)
  }

  /// What each token of a batch has, in the order of the batch's rows.
  private func ids(
    _ batch: [RINInput], _ rows: SequenceLayout, _ tokens: (RINInput) -> [Int]
  ) -> [Int] {
    let all = batch.map(tokens)
    return rows.packed { all[$0][$1] }
  }

  package func losses(
    of shard: [RINInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    let features = features(of: shard, streams: streams, on: tape)
    let layout = features.layout
    let terms = lossTerms(sentences: shard.count)
    tape.addPairLoss(
      pairs.logits(features.relations, layout: layout, on: tape),
      targets: shard.map { targets(of: $0) }, to: terms[0])
    tape.addCrossEntropy(
      rowsOf: entities(features.entities, on: tape),
      targets: ids(shard, layout) { tags(of: $0).values }, to: terms[1])
    return terms
  }
}
