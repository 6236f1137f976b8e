import Autodiff
import Corpora
import Layers
import Randomness
import Tensors

/// GenerativeRE (Cao and Ananiadou, Findings of EMNLP 2021): a transformer that reads a sentence and writes its triples as
/// pieces of words; labels of entities on both sides bind what it writes to the sentence (Generative/README.md).
package struct Generative: ExtractionModel {
  package static let names = ["generative"]
  package static let defaults = GenerativeOptions()
  package static var lists: [VocabularyList] { lists(for: defaults) }
  package static let writesNames = true
  package static let slotsKey: String? = "model.decodingLimit"

  package let options: GenerativeOptions
  package let vocabularies: Vocabularies
  package let network: GenerativeNetwork
  package let symbols: GenerativeSymbols
  /// The form of targets, and the tokeniser.
  package let text: TargetText
  package let masking: Masking

  package var layout: ParameterLayout { network.layout }
  package var taggedEntities: TaggedEntities { .triples }

  /// - Precondition: ``fault(of:_:)`` finds none in the vocabularies.
  package init(options: GenerativeOptions, vocabularies: Vocabularies) {
    guard let text = try? Self.text(options, vocabularies) else {
      preconditionFailure("pieces that were not checked")
    }
    let pieces = text.tokenizer.vocabulary
    network = GenerativeNetwork(
      options.shape(vocabulary: pieces.count), hasLabels: options.copy == .bio)
    symbols = GenerativeSymbols(pieces)
    masking = Masking(
      options.objective, segments: options.maskSegments, probability: options.maskProbability,
      mask: pieces[.mask], plain: (0..<Int32(pieces.count)).filter { !pieces.isSpecial($0) })
    (self.options, self.vocabularies, self.text) = (options, vocabularies, text)
  }

  package var transformer: TransformerEncoder? { network.encoder }

  /// The pieces that a training split is made of, special ones first; those of pretrained weights come from their file.
  private static func pieces(_ options: GenerativeOptions) -> VocabularyList {
    VocabularyList(VocabularyList.pieces) { sentences, _ in
      guard options.pretrained.isEmpty else { return [] }
      return PieceVocabulary.trained(
        on: sentences, options.wordPiece, surface: options.relationSurface, size: options.pieces)
    }
  }

  package static func lists(for options: GenerativeOptions) -> [VocabularyList] {
    [pieces(options), .relations, .lostNames(options.wordPiece)]
  }

  private static func text(
    _ options: GenerativeOptions, _ vocabularies: Vocabularies
  ) throws(CorpusError) -> TargetText {
    let pieces = try PieceVocabulary(vocabularies[pieces(options)].names)
    return try TargetText(
      WordPiece(pieces, options.wordPiece), relations: vocabularies.relations,
      surface: options.relationSurface, names: vocabularies[.lostNames(options.wordPiece)])
  }

  package static func fault(
    of vocabularies: Vocabularies, _ options: GenerativeOptions
  ) -> String? {
    do {
      _ = try text(options, vocabularies)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// `L_token`, and with labels `L_bio`, means over the rows that are asked; and, without weight, the shares of right
  /// labels, `A_target` and `A_source` (Generative/README.md 7.5).
  package var objective: [ObjectiveTerm<GenerativeInput>] {
    let count: @Sendable (GenerativeInput, RandomStreams) -> Int = { [masking] input, _ in
      input.lesson.map { masking.questions(of: $0.size) } ?? 0
    }
    guard options.copy == .bio else { return [ObjectiveTerm("L_token", count: count)] }
    func share(_ name: String, ofSource: Bool) -> ObjectiveTerm<GenerativeInput> {
      ObjectiveTerm(name, weight: 0) { [masking] input, streams in
        guard let size = input.lesson?.size else { return 0 }
        return masking.asked(in: size, Self.masks(of: input, streams))
          .count { ($0 < size.source) == ofSource }
      }
    }
    return [
      ObjectiveTerm("L_token", weight: options.alpha, count: count),
      ObjectiveTerm("L_bio", weight: 1 - options.alpha, count: count),
      share("A_target", ofSource: false),
    ] + (labelsSources ? [share("A_source", ofSource: true)] : [])
  }

  /// What a sentence is asked in an epoch; nothing where its target is not learnt.
  private func task(of input: GenerativeInput, _ streams: RandomStreams) -> ReadingTask {
    sequence(of: input, streams: streams)?
      .task(masking, Self.masks(of: input, streams))
      ?? ReadingTask(ids: [], source: 0, questions: [])
  }

  /// A sentence's draws for masks in an epoch.
  private static func masks(of input: GenerativeInput, _ streams: RandomStreams) -> CounterRandom {
    streams.stream("masks", example: input.index)
  }

  package func losses(
    of shard: [GenerativeInput], streams: RandomStreams, on tape: Tape
  ) -> [LossTerm] {
    let tasks = shard.map { task(of: $0, streams) }
    let pass = TransformerPass(
      over: tasks, dropout: options.dropout,
      streams: { purpose in shard.map { streams.stream(purpose, example: $0.index) } }, on: tape)
    let hidden = network.hidden(tasks, pass, recomputing: options.recompute, on: tape)
    let terms = lossTerms(sentences: shard.count)
    network.addLosses(tasks, hidden, pass.layout, to: terms, on: tape)
    return terms
  }
}

extension GenerativeSymbols {
  /// The symbols of a vocabulary; nothing special but the end is generated.
  package init(_ pieces: PieceVocabulary) {
    self.init(
      start: pieces[.start], end: pieces[.end], mask: pieces[.mask],
      banned: [pieces[.padding], pieces[.start], pieces[.mask], pieces[.unknown]])
  }
}
