import Autodiff
import Corpora
import Kernels
import Layers
import Tensors

/// The LSTM rows of GenerativeRE (Cao and Ananiadou, Findings of EMNLP 2021): a bidirectional encoder, and a decoder
/// with attention that writes triples as words. By `copy` it is LSTM, LSTM + Copy, or WordDec (Nayak and Ng, AAAI
/// 2020) (Generative/README.md, "The LSTM rows").
package struct WordSequence: ExtractionModel {
  package static let names = ["wordseq"]
  package static let defaults = WordSequenceOptions()
  package static var lists: [VocabularyList] { [WordEntries.list, .characters, .relations] }
  package static let writesNames = true
  package static let slotsKey: String? = "model.limit"
  /// The characters of a word that are read, from its start.
  package static let longestSpelling = 10

  package let options: WordSequenceOptions
  package let vocabularies: Vocabularies
  package let layout: ParameterLayout
  package let entries: WordEntries
  /// The form of the text of triples.
  package let grammar = TargetGrammar(field: WordEntries.semicolon, triple: WordEntries.bar)
  let spellings: Spellings
  /// The vectors of entries, for source and target.
  package let words: Embedding
  package let characters: CharacterConvolution
  package let encoder: BidirectionalEncoder
  package let decoder: WordDecoder
  /// The logits of a token's label; `nil` in a model without labels.
  package let labels: Linear?

  package init(options: WordSequenceOptions, vocabularies: Vocabularies) {
    var layout = ParameterLayout()
    entries = WordEntries(vocabularies)
    words = Embedding(
      "embedding.word", ids: entries.count, width: options.embedding,
      start: options.wordStart.initializer, isSparse: true, in: &layout)
    characters = CharacterConvolution(
      "convolution", ids: vocabularies.characters.count, width: options.characterEmbedding,
      filters: options.characterFilters, margin: 2, function: .tanh,
      start: .normal(deviation: 1), in: &layout)
    encoder = BidirectionalEncoder(
      "encoder", .lstm, inputs: options.embedding + options.characterFilters,
      width: options.encoderHidden, merge: .concatenate, in: &layout)
    let tags = options.copy == .bio ? TagScheme.bio.count : nil
    decoder = WordDecoder(
      options, width: encoder.outputWidth, entries: entries.count, labels: tags, in: &layout)
    labels = tags.map { [width = encoder.outputWidth] in
      Linear("label.source", inputs: width, outputs: $0, in: &layout)
    }
    spellings = Spellings(vocabularies, longest: Self.longestSpelling)
    (self.options, self.vocabularies, self.layout) = (options, vocabularies, layout)
  }

  package var taggedEntities: TaggedEntities { .triples }
  package var wordTables: [WordTable] { [WordTable(words.table, start: options.wordStart)] }

  /// `L_token`, a mean over target entries; with labels also `L_target` and `L_source`, all three divided by the number
  /// of target entries and tokens, and, without weight, the shares of right labels, `A_target` and `A_source`.
  package var objective: [ObjectiveTerm<WordSequenceInput>] {
    guard labels != nil else {
      return [ObjectiveTerm("L_token") { input, _ in input.targetLength }]
    }
    let labelled: @Sendable (WordSequenceInput, RandomStreams) -> Int = { input, _ in
      input.targetLength + input.length
    }
    let weights = [options.alpha, 1 - options.alpha, 1 - options.alpha]
    return zip(["L_token", "L_target", "L_source"], weights).map {
      ObjectiveTerm($0, weight: $1, count: labelled)
    } + [
      ObjectiveTerm("A_target", weight: 0) { input, _ in input.targetLength },
      ObjectiveTerm("A_source", weight: 0) { input, _ in input.length },
    ]
  }
}

extension WordSequence {
  /// The encoded tokens of a batch.
  package struct Encoded {
    package let layout: SequenceLayout
    /// `[word vector ; characters]`, `[tokens, dw + filters]`.
    package let input: Variable
    /// `H`, `[tokens, width]`.
    package let outputs: Variable
    let dropped: PassDropout
  }

  /// Encodes sentences.
  ///
  /// - Parameters:
  ///   - batch: sentences, longest first.
  ///   - streams: the random streams of dropout; `nil` in inference, without dropout.
  package func encoded(
    _ batch: [WordSequenceInput], streams: RandomStreams?, on tape: Tape
  ) -> Encoded {
    let layout = SequenceLayout(lengths: batch.map(\.length))
    let dropped = PassDropout(
      options.dropout, of: batch, layout: layout, streams: streams, on: tape)
    let vectors = words(
      layout.packed { batch[$0].words.words[$1] }, rows: layout.tokenRows, on: tape)
    let spelled = characters(
      layout.packed { batch[$0].characters[$1] }, rows: layout.tokenRows, on: tape)
    let input = dropped(tape.concatenated(vectors, spelled), "dropout of input")
    let outputs = encoder(input, layout: layout, on: tape).outputs
    return Encoded(
      layout: layout, input: input, outputs: dropped(outputs, "dropout of encoder outputs"),
      dropped: dropped)
  }

  /// The states of a decoder that is fed its targets.
  package struct Taught {
    /// The sentence and the place in its target of each row.
    package let steps: [(sentence: Int, place: Int)]
    /// The states, `[entries, d]`: all first ones, then all second ones.
    package let states: Variable
    /// The attention's scores of each step, with the sentences that it has.
    package let attention: [(sentences: [Int], layout: SequenceLayout, scores: Variable)]
  }

  /// Runs the decoder on the vectors of gold entries.
  package func taught(_ encoded: Encoded, _ targets: [WordTarget], on tape: Tape) -> Taught {
    let sentences = (0..<(targets.map(\.entries.count).max() ?? 0)).map { place in
      targets.indices.filter { targets[$0].entries.count > place }
    }
    let steps = sentences.enumerated().flatMap { place, going in going.map { ($0, place) } }
    let fed = steps.map { $1 == 0 ? entries.start : targets[$0].entries[$1 - 1] }
    let vectors = encoded.dropped(
      words(fed, rows: RowMap(steps.map { Int32($0.0) }), on: tape), units: steps.map(\.1),
      "dropout of previous words")
    let run = WordDecoderRun(
      decoder, outputs: encoded.outputs, layout: encoded.layout, rows: steps.count, on: tape)
    var (first, going, states) = (0, Array(targets.indices), [Variable]())
    let attention = sentences.map { left in
      run.keep(going.indices.filter { targets[going[$0]].entries.count > states.count })
      going = left
      let (state, scores) = run.step(tape.rows(vectors, first..<first + left.count))
      first += left.count
      states.append(state)
      return (left, run.layout, scores)
    }
    return Taught(
      steps: steps,
      states: encoded.dropped(
        tape.stacked(states), units: steps.map(\.1), "dropout of decoder states"),
      attention: attention)
  }

  package func losses(
    of shard: [WordSequenceInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    losses(
      of: shard, targets: shard.map { target(of: $0, streams: streams) }, streams: streams,
      on: tape)
  }

  /// The losses of sentences with given targets.
  package func losses(
    of shard: [WordSequenceInput], targets: [WordTarget], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    let encoded = encoded(shard, streams: streams, on: tape)
    let terms = lossTerms(sentences: shard.count)
    let gold = targets.map { $0.labels ?? ([], []) }
    if let labels {
      // Before the decoder, so that the encoder's outputs have its gradients from all steps first: these are added up
      // in one order, whichever sentences run together.
      let logits = labels(encoded.outputs, on: tape)
      let targets = encoded.layout.packed { gold[$0].tokens[$1] }
      tape.addCrossEntropy(rowsOf: logits, targets: targets, to: terms[2])
      terms[4].addRight(rowsOf: logits, targets: targets)
    }
    let taught = taught(encoded, targets, on: tape)
    tape.addCrossEntropy(
      rowsOf: decoder.output(taught.states, on: tape),
      targets: taught.steps.map { targets[$0.sentence].entries[$0.place] }, to: terms[0])
    if let labels = decoder.labels {
      let logits = labels(taught.states, on: tape)
      let targets = taught.steps.map { gold[$0.sentence].entries[$0.place] }
      tape.addCrossEntropy(rowsOf: logits, targets: targets, to: terms[1])
      terms[3].addRight(rowsOf: logits, targets: targets)
    }
    return terms
  }
}
