import Corpora

/// A sentence as pieces, with its target where it has one that can be learnt.
package struct GenerativeInput: ModelInput {
  package let index: Int
  package let sentence: Sentence
  /// The number of tokens that are read.
  package let length: Int
  /// The pieces of the source that predictions read.
  package let source: PieceSequence
  /// The number of pieces that all triples take, the end among them.
  package let targetCount: Int
  /// What training teaches; `nil` where the target has too many pieces.
  package let lesson: GenerativeLesson?
  package let losesPieces: Bool

  /// Those of source and target; of a source alone where there is no target.
  package var rows: Int { lesson?.size.rows ?? source.count + 2 }
}

/// The pieces that training reads of a sentence, and the triples that it teaches.
package struct GenerativeLesson: Sendable {
  /// The pieces of the source.
  package let source: [Int32]
  /// The distinct triples that text can hold, in the order of the corpus.
  package let triples: [Triple]
  /// The size of source and target, which is the same in any order of the triples.
  package let size: SequenceSize
}

extension Generative {
  package func input(_ sentence: Sentence, index: Int, limit: Int) -> GenerativeInput {
    let words = sentence.tokens.prefix(limit)
    let pieces = text.tokenizer.pieces(of: words)
    let triples = sentence.distinctTriples.filter { text.canHold($0, in: sentence) }
    let target = text.text(of: triples, in: sentence).tokens.count
    // The target must have room; what it takes is known in training alone.
    let room = max(options.positions - options.decodingLimit, options.positions / 2) - 2
    let learnt = options.positions - 3 - target
    let isLearnt = target < options.targetLimit && learnt > 0
    return GenerativeInput(
      index: index, sentence: sentence, length: words.count, source: pieces.prefix(room),
      targetCount: target + 1,
      lesson: isLearnt ? lesson(pieces.prefix(learnt).ids, triples, target) : nil,
      losesPieces: pieces.count > (isLearnt ? min(room, learnt) : room))
  }

  private func lesson(
    _ source: [Int32], _ triples: [Triple], _ target: Int
  ) -> GenerativeLesson {
    GenerativeLesson(
      source: source, triples: triples,
      size: SequenceSize(source: source.count + 2, target: target + 1))
  }

  /// `[CLS] source [SEP] target [SEP]` with labels, O for symbols; `nil` where the target is not learnt.
  package func sequence(
    of input: GenerativeInput, streams: RandomStreams
  ) -> GenerativeSequence? {
    guard let lesson = input.lesson else { return nil }
    let (source, triples) = (lesson.source, lesson.triples)
    let arranged = options.targetOrder.arranged(triples, example: input.index, streams: streams) {
      place(of: $0).lexicographicallyPrecedes(place(of: $1))
    }
    let target = text.text(of: arranged, in: input.sentence)
    let labels = CommonRuns.labels(
      source: source, target: target, occurrences: options.labelledOccurrences)
    func copyLabels(_ tags: Tags) -> [CopyLabel] {
      tags.values.map { CopyLabel(rawValue: $0) ?? .outside }
    }
    return GenerativeSequence(
      ids: [symbols.start] + source + [symbols.end] + target.tokens + [symbols.end],
      labels: [.outside] + copyLabels(labels.source) + [.outside] + copyLabels(labels.target)
        + [.outside], source: lesson.size.source)
  }

  /// The relation and the last tokens of head and tail; unlocated ones come last.
  private func place(of triple: Triple) -> [Int] {
    [text.relations.id(of: triple.relation) ?? .max]
      + [triple.head, triple.tail].map { $0.span?.end ?? .max }
  }

  package func knows(_ word: String) -> Bool {
    !text.tokenizer.ids(of: word).contains(text.tokenizer.vocabulary[.unknown])
  }

  package func triplesOfLongText(in input: GenerativeInput) -> Int {
    guard input.lesson == nil else { return 0 }
    return input.sentence.distinctTriples.count { text.canHold($0, in: input.sentence) }
  }

  package func remarks(on inputs: [GenerativeInput], isTaught: Bool) -> [String] {
    let long = isTaught ? inputs.count { $0.lesson == nil } : 0
    let unfinished = inputs.count { $0.targetCount > options.decodingLimit + 1 }
    let cut = inputs.count(where: \.losesPieces)
    let used = Set(inputs.flatMap(\.sentence.triples).map { ExactString($0.relation) })
    func inUse(_ relations: [String]) -> [String] {
      relations.filter { used.contains(ExactString($0)) }
    }
    let (alike, unwritten) = (inUse(text.indistinctRelations), inUse(text.unwrittenRelations))
    return [
      long == 0
        ? nil
        : "sentences whose target has more than \(options.targetLimit) pieces, or leaves no room in "
          + "\(options.positions), so that they are not learnt (model.targetLimit, model.positions): \(long)",
      unwritten.isEmpty
        ? nil
        : "relations that the pieces cannot spell, so that they are never written: "
          + unwritten.joined(separator: ", "),
      alike.isEmpty
        ? nil
        : "relations that the pieces spell alike, of which the first is read: "
          + alike.joined(separator: ", "),
      unfinished == 0
        ? nil
        : "sentences whose triples take more than \(options.decodingLimit) pieces, so that the model never "
          + "writes them all (model.decodingLimit): \(unfinished)",
      PieceSequence.cutWarning(cut),
    ].compactMap { $0 }
  }
}
