import Autodiff
import Corpora
import Layers
import Tensors

/// HMT (Wei et al., 2019): a tagger of entities, EE, below one of relations and roles, JE, which reads the words and
/// the outputs of EE's encoder. Triples are pairs of heads and tails of one relation (HMT/README.md 5). Without EE
/// and with BIOES tags it is NovelTagging (Zheng et al., 2017).
package struct HMT: ExtractionModel {
  package static let names = ["hmt"]
  package static let defaults = HMTOptions()
  package static let lists: [VocabularyList] = [.words, .relations, .entityTypes]
  package static let pairsTags = true

  package let options: HMTOptions
  package let vocabularies: Vocabularies
  package let layout: ParameterLayout
  package let words: Embedding
  /// EE; `nil` in the ablation without it.
  package let ee: TaggingModule?
  package let je: TaggingModule
  /// BIOES and types; one kind where the training split has no types.
  package let entityScheme: TagScheme
  /// Relations and roles.
  package let jointScheme: TagScheme

  package init(options: HMTOptions, vocabularies: Vocabularies) {
    var layout = ParameterLayout()
    let entityScheme = TagScheme(.bioes, kinds: max(1, vocabularies[.entityTypes].count))
    let jointScheme = TagScheme(
      options.jeScheme == .bio ? .bio : .bioes,
      kinds: max(1, vocabularies.relations.count) * JointTags.Role.allCases.count)
    words = Embedding(
      "embedding.word", ids: vocabularies.words.count, width: options.embedding,
      start: options.wordStart.initializer, isSparse: true, in: &layout)
    ee =
      options.withEE
      ? TaggingModule(
        "ee", options, inputs: options.embedding, tags: entityScheme.count, in: &layout) : nil
    je = TaggingModule(
      "je", options, inputs: options.embedding + (ee?.encoder.outputWidth ?? 0),
      tags: jointScheme.count, in: &layout)
    (self.entityScheme, self.jointScheme) = (entityScheme, jointScheme)
    (self.options, self.vocabularies, self.layout) = (options, vocabularies, layout)
  }

  package typealias Input = WordInput

  package var wordTables: [WordTable] { [WordTable(words.table, start: options.wordStart)] }

  /// `L_JE`, and with EE `L_EE`: cross-entropies of tags (HMT/README.md 5.1).
  package var objective: [ObjectiveTerm<WordInput>] {
    let mean = options.tokenMean
    let count: @Sendable (WordInput, RandomStreams) -> Int = { input, _ in
      mean ? input.length : 1
    }
    return [ObjectiveTerm("L_JE", count: count)]
      + (ee == nil ? [] : [ObjectiveTerm("L_EE", weight: options.eeWeight, count: count)])
  }
}

extension HMT {
  /// What both modules make of a batch.
  package struct Pass {
    package let layout: SequenceLayout
    /// `nil` without EE.
    package let ee: TaggingModule.Result?
    package let je: TaggingModule.Result
  }

  /// Runs both modules.
  ///
  /// - Parameters:
  ///   - batch: sentences, longest first.
  ///   - streams: the random streams of dropout; `nil` in inference, without dropout.
  package func run(_ batch: [WordInput], streams: RandomStreams?, on tape: Tape) -> Pass {
    let layout = SequenceLayout(lengths: batch.map(\.length))
    let dropped = PassDropout(
      options.dropout, of: batch, layout: layout, streams: streams, on: tape)
    let embedded = words(
      layout.packed { batch[$0].words[$1] }, rows: layout.tokenRows, on: tape)
    let entities = ee.map { $0(embedded, layout: layout, dropped: dropped, "EE", on: tape) }
    let inputs = entities.map { tape.concatenated(embedded, $0.encoded) } ?? embedded
    return Pass(
      layout: layout, ee: entities,
      je: je(inputs, layout: layout, dropped: dropped, "JE", on: tape))
  }

  package func losses(
    of shard: [WordInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    let pass = run(shard, streams: streams, on: tape)
    let terms = lossTerms(sentences: shard.count)
    let joint = shard.map { jointTags(of: $0).tags.values }
    let targets = pass.layout.packed { joint[$0][$1] }
    tape.addCrossEntropy(
      rowsOf: pass.je.scores, targets: targets,
      weights: targets.map { $0 == TagScheme.outside ? 1 : options.nonOWeight }, to: terms[0])
    if let ee = pass.ee {
      let gold = shard.map { entityTags(of: $0)?.values }
      tape.addCrossEntropy(
        rowsOf: ee.scores, targets: pass.layout.packed { gold[$0]?[$1] ?? TagScheme.outside },
        weights: pass.layout.packed { sentence, _ in gold[sentence] == nil ? 0 : 1 }, to: terms[1])
    }
    return terms
  }
}
