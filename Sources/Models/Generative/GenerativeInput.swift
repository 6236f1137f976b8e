import Corpora

/// A sentence as pieces, with its target where it has one that can be learnt.
package struct GenerativeInput: ModelInput {
  package let index: Int
  package let sentence: Sentence
  /// The number of tokens that are read.
  package let length: Int
  /// The pieces of the source that predictions read.
  package let source: PieceSequence
  /// Source and target with labels; `nil` where the target has too many pieces.
  package let sequence: GenerativeSequence?
  /// Whether pieces of the tokens are not read.
  package let isCut: Bool

  /// Those of source and target; of a source alone where there is no target.
  package var rows: Int { sequence?.ids.count ?? source.count + 2 }
}

extension Generative {
  package func input(_ sentence: Sentence, index: Int, limit: Int) -> GenerativeInput {
    let words = sentence.tokens.prefix(limit)
    let pieces = text.tokenizer.pieces(of: words)
    let target = text.text(of: sentence.distinctTriples, in: sentence)
    // The target must have room; what it takes is known in training alone.
    let room = max(options.positions - options.decodingLimit, options.positions / 2) - 2
    let learnt = options.positions - 3 - target.tokens.count
    let isLearnt = target.tokens.count < options.targetLimit && learnt > 0
    return GenerativeInput(
      index: index, sentence: sentence, length: words.count, source: pieces.prefix(room),
      sequence: isLearnt ? sequence(pieces.prefix(learnt).ids, target) : nil,
      isCut: pieces.count > (isLearnt ? min(room, learnt) : room))
  }

  /// `[CLS] source [SEP] target [SEP]` with labels, O for symbols.
  private func sequence(
    _ source: [Int32], _ target: TargetTokens<Int32>
  ) -> GenerativeSequence {
    let labels = CommonRuns.labels(
      source: source, target: target, occurrences: options.labelledOccurrences)
    func copyLabels(_ tags: Tags) -> [CopyLabel] {
      tags.values.map { CopyLabel(rawValue: $0) ?? .outside }
    }
    return GenerativeSequence(
      ids: [symbols.start] + source + [symbols.end] + target.tokens + [symbols.end],
      labels: [.outside] + copyLabels(labels.source) + [.outside] + copyLabels(labels.target)
        + [.outside], source: source.count + 2)
  }

  package func knows(_ word: String) -> Bool {
    !text.tokenizer.ids(of: word).contains(text.tokenizer.vocabulary[.unknown])
  }

  package func conflicts(in input: GenerativeInput) -> Int {
    guard input.sequence == nil else { return 0 }
    return input.sentence.distinctTriples.count { text.canHold($0, in: input.sentence) }
  }

  package func remarks(on inputs: [GenerativeInput]) -> [String] {
    let (long, cut) = (inputs.count { $0.sequence == nil }, inputs.count(where: \.isCut))
    let used = Set(inputs.flatMap(\.sentence.triples).map { ExactString($0.relation) })
    let alike = text.indistinctRelations.filter { used.contains(ExactString($0)) }
    return [
      long == 0
        ? nil
        : "\(long) sentences whose target has more than \(options.targetLimit) pieces are not learnt "
          + "(model.targetLimit, model.positions)",
      alike.isEmpty
        ? nil
        : "relations that the pieces spell alike, of which the first is read: "
          + alike.joined(separator: ", "),
      cut == 0 ? nil : "\(cut) sentences lose their last pieces (model.positions)",
    ].compactMap { $0 }
  }
}
