import Autodiff
import Corpora
import Kernels
import Layers
import Randomness
import Tensors

/// The cascade, after the ideas of CasRel (Wei et al., ACL 2020) and ETL-Span (Yu et al., ECAI 2020): a tagger of
/// subjects, and, given a subject, a tagger of the objects of every relation (Cascade/README.md 15).
package struct Cascade: ExtractionModel {
  package static let names = ["cascade"]
  package static let defaults = CascadeOptions()
  /// The characters of a word that are read, from its start.
  package static let longestSpelling = 24
  package static var lists: [VocabularyList] { [.words, .characters, .relations] }

  package let options: CascadeOptions
  package let vocabularies: Vocabularies
  package var extraVectors: WordVectors?
  package let layout: ParameterLayout
  package let words: Embedding
  /// `nil` in a model without characters.
  package let characters: CharacterConvolution?
  package let encoder: BidirectionalEncoder
  /// `nil` in a model without characters.
  let spellings: Spellings?
  /// The logits of a subject's start and end.
  package let subjects: Linear
  /// The logits of any entity's start and end; `nil` without that task.
  package let entities: Linear?
  package let objects: ObjectTagger

  package init(options: CascadeOptions, vocabularies: Vocabularies) {
    var layout = ParameterLayout()
    words = Embedding(
      "embedding.word", ids: vocabularies.words.count, width: options.embedding,
      start: options.wordStart.initializer, isSparse: true, in: &layout)
    characters =
      options.characterFilters == 0
      ? nil
      : CharacterConvolution(
        "convolution", ids: vocabularies.characters.count, width: options.characterEmbedding,
        filters: options.characterFilters, margin: 1, function: .relu,
        start: .normal(deviation: 1), in: &layout)
    encoder = BidirectionalEncoder(
      "encoder", .lstm, inputs: options.embedding + options.characterFilters,
      width: options.hidden, merge: .concatenate, in: &layout)
    let width = encoder.outputWidth
    subjects = Linear("subject", inputs: width, outputs: 2, biasStart: -2, in: &layout)
    entities =
      options.entityWeight == 0
      ? nil : Linear("entity", inputs: width, outputs: 2, biasStart: -2, in: &layout)
    objects = ObjectTagger(
      "object", inputs: width, width: options.condition, limit: options.positionLimit,
      relations: vocabularies.relations.count, in: &layout)
    spellings =
      options.characterFilters == 0
      ? nil : Spellings(vocabularies, longest: Self.longestSpelling)
    (self.options, self.vocabularies, self.layout) = (options, vocabularies, layout)
  }

  package var taggedEntities: TaggedEntities { .triples }
  package var wordTables: [WordTable] { [WordTable(words.table, start: options.wordStart)] }

  /// `L_O`, a mean over the tokens of each gold subject, `L_S` and `L_E`, means over tokens (Cascade/README.md 15.5).
  package var objective: [ObjectiveTerm<CascadeInput>] {
    let tokens: @Sendable (CascadeInput, RandomStreams) -> Int = { input, _ in input.length }
    return [
      ObjectiveTerm("L_O") { input, _ in input.length * input.subjects.count },
      ObjectiveTerm("L_S", weight: options.subjectWeight, count: tokens),
    ]
      + (entities == nil
        ? [] : [ObjectiveTerm("L_E", weight: options.entityWeight, count: tokens)])
  }
}

extension Cascade {
  /// The encoded tokens of a batch.
  package struct Encoded {
    package let layout: SequenceLayout
    /// `H`, `[tokens, d]`.
    package let features: Variable
    /// Those of words from their characters, `[tokens, filters]`; `nil` in a model without.
    package let characters: Variable?
    let dropped: PassDropout
  }

  /// Encodes sentences (Cascade/README.md 15.1, 15.2).
  ///
  /// - Parameters:
  ///   - batch: sentences, longest first.
  ///   - streams: the random streams of dropout; `nil` in inference, without dropout.
  package func encoded(
    _ batch: [CascadeInput], streams: RandomStreams?, on tape: Tape
  ) -> Encoded {
    let layout = SequenceLayout(lengths: batch.map(\.length))
    let read = batch.map { $0.words(dropping: options.wordDropout, streams) }
    var input = words(layout.packed { read[$0][$1] }, rows: layout.tokenRows, on: tape)
    if streams == nil { replaceUnknown(of: batch, in: input.value, layout) }
    let spelled = characters.map {
      $0(layout.packed { batch[$0].characters[$1] }, rows: layout.tokenRows, on: tape)
    }
    if let spelled { input = tape.concatenated(input, spelled) }
    let dropped = PassDropout(
      options.dropout, of: batch, layout: layout, streams: streams, on: tape)
    let outputs = encoder(dropped(input, "dropout of input"), layout: layout, on: tape).outputs
    return Encoded(
      layout: layout, features: dropped(outputs, "dropout of encoder outputs"),
      characters: spelled, dropped: dropped)
  }

  /// Gives words that the training split lacks the vectors that the file of vectors has for them.
  private func replaceUnknown(
    of batch: [CascadeInput], in vectors: Matrix, _ layout: SequenceLayout
  ) {
    for (sentence, input) in batch.enumerated() {
      for (position, values) in input.extraVectors {
        let row = layout.row(sentence: sentence, position: position)
        for (column, value) in values.enumerated() { vectors[row, column] = value }
      }
    }
  }

  package func losses(
    of shard: [CascadeInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    let encoded = encoded(shard, streams: streams, on: tape)
    let terms = lossTerms(sentences: shard.count)
    let subjectSpans = shard.map { $0.subjects.map(\.span) }
    tape.addBinaryCrossEntropy(
      subjects(encoded.features, on: tape), cells: cells(of: subjectSpans, encoded.layout),
      to: terms[1])
    let entityLogits = entities.map { $0(encoded.features, on: tape) }
    if let entityLogits {
      let spans = shard.map { $0.subjects.flatMap { [$0.span] + $0.objects.map(\.span) } }
      tape.addBinaryCrossEntropy(
        entityLogits, cells: cells(of: spans, encoded.layout), to: terms[2])
    }
    let subjects = placed(subjectSpans)
    guard !subjects.isEmpty else { return terms }
    let (logits, rows) = objectLogits(
      encoded, tokens: objects.token(encoded.features, on: tape), subjects, entityLogits, on: tape)
    let gold = zip(rows.firsts, shard.flatMap(\.subjects)).flatMap { first, subject in
      subject.objects.flatMap { cells(of: $0, first: first) }
    }
    tape.addBinaryCrossEntropy(
      logits, cells: gold.distinct(by: \.self),
      blocks: subjects.indices.map { rows.rows(ofSubject: $0) }, to: terms[0])
    return terms
  }

  /// The subjects of all sentences of a batch.
  package func placed(_ spans: [[Span]]) -> [PlacedSubject] {
    spans.enumerated().flatMap { sentence, spans in
      spans.enumerated().map { PlacedSubject(sentence: sentence, number: $0, span: $1) }
    }
  }

  /// The logits of all relations' objects, `[rows, 2R]`, for some subjects.
  ///
  /// - Parameter tokens: `Wt H + bt`, `[tokens, c]`, the same for all subjects.
  package func objectLogits(
    _ encoded: Encoded, tokens: Variable, _ subjects: [PlacedSubject], _ entities: Variable?,
    on tape: Tape
  ) -> (Variable, SubjectRows) {
    let rows = SubjectRows(subjects, encoded.layout, limit: options.positionLimit)
    let conditions = objects.conditions(encoded.features, subjects, encoded.layout, on: tape)
    let hidden = objects.hidden(tokens, conditions, rows, on: tape)
    let logits = objects.relations(
      encoded.dropped.halved(hidden, units: rows.units, "dropout of objects"), on: tape)
    guard options.entityGate, let entities else { return (logits, rows) }
    return (tape.gated(logits, by: entities, tokens: rows.tokens), rows)
  }

  /// The marks of each sentence's spans among the tokens' two logits.
  private func cells(of spans: [[Span]], _ layout: SequenceLayout) -> [Tape.Cell] {
    spans.enumerated().flatMap { sentence, spans in
      spans.flatMap { span in
        [span.start, span.end].enumerated().map { end, position in
          Tape.Cell(row: layout.row(sentence: sentence, position: position), column: end)
        }
      }
    }.distinct(by: \.self)
  }

  /// The marks of an object in the rows of a subject.
  private func cells(of object: SubjectTarget.Object, first: Int) -> [Tape.Cell] {
    [object.span.start, object.span.end].enumerated().map { end, position in
      Tape.Cell(
        row: first + position, column: end * vocabularies.relations.count + object.relation)
    }
  }
}

extension CascadeInput {
  /// The ids of the words as a pass reads them: in training some as unknown words.
  fileprivate func words(dropping share: Float, _ streams: RandomStreams?) -> [Int] {
    guard let draws = streams?.stream("word dropout", example: index) else { return words.words }
    return words.words.enumerated().map { draws.uniform($0) < share ? Vocabulary.unknown : $1 }
  }
}
