import Corpora

/// A sentence as ids. Its work grows with its pairs of tokens.
package struct RINInput: ModelInput {
  package let words: WordInput
  /// The id of each token's part of speech; `nil` in a model without them.
  package let partsOfSpeech: [Int]?

  package var index: Int { words.index }
  package var sentence: Sentence { words.sentence }
  package var length: Int { words.length }
  /// A token counts as four rows: a layer's activations take as much memory.
  package var rows: Int { 4 * length }
  package var cost: Int { length * length }
}

/// A pair of tokens with a relation.
package struct PairTarget: Hashable, Sendable {
  /// The position of the head's anchor.
  package let head: Int
  /// The position of the tail's anchor.
  package let tail: Int
  /// The relation's id.
  package let relation: Int

  package init(head: Int, tail: Int, relation: Int) {
    (self.head, self.tail, self.relation) = (head, tail, relation)
  }
}

extension RIN {
  package func input(_ sentence: Sentence, index: Int, limit: Int) -> RINInput {
    let words = WordInput(
      index: index, sentence: sentence, vocabularies: vocabularies, limit: limit)
    return RINInput(
      words: words,
      partsOfSpeech: partsOfSpeech.map { _ in
        Array(vocabularies.partOfSpeechIDs(of: sentence).prefix(words.length))
      })
  }

  /// The distinct pairs with a known relation of which the model reads both entities; triples with equal
  /// anchors and relation are one target (RIN/README.md 6.4).
  package func targets(of input: RINInput) -> [PairTarget] {
    pairs(of: input.sentence.triples, in: input).distinct(by: \.self)
  }

  package func conflicts(in input: RINInput) -> Int {
    let pairs = pairs(of: input.sentence.distinctTriples, in: input)
    return pairs.count - Set(pairs).count
  }

  /// The pair of each triple that can be a target.
  private func pairs(of triples: [Triple], in input: RINInput) -> [PairTarget] {
    triples.compactMap { triple in
      guard let head = triple.head.span, let tail = triple.tail.span,
        max(head.end, tail.end) < input.length,
        let relation = vocabularies.relations.id(of: triple.relation)
      else { return nil }
      let anchor = options.anchor
      return PairTarget(
        head: anchor.position(in: head), tail: anchor.position(in: tail), relation: relation)
    }
  }

  /// The gold tags of the tokens that the model reads.
  package func tags(of input: RINInput) -> Tags {
    Tags(
      of: input.sentence.spans(of: options.taggedEntities).filter { $0.end < input.length },
      count: input.length, .bioes)
  }

  /// The limits of the output: entities that tags and anchors can spell together (RIN/README.md 6.6).
  package func expressible(in input: RINInput) -> Expressible {
    let (last, isLast) = (input.length - 1, options.anchor == .last)
    // Anchors at first tokens are anchors at last tokens of the sentence read backwards.
    @Sendable func read(_ span: Span) -> Span {
      isLast || span.end > last ? span : Span(last - span.end, last - span.start)
    }
    return Expressible(
      tokens: input.length, triples: Prediction.mostGroups,
      relation: { [relations = vocabularies.relations] in relations.id(of: $0) != nil },
      together: { Tags.canTag(read($0), read($1), in: .bioes) })
  }
}
