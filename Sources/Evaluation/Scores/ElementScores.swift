import Corpora

/// Scores of relations alone, or of entities alone, by the two published conventions
/// (Evaluation/README.md 9.2).
public struct ElementScores: Hashable, Sendable {
  /// Per sentence the sets of relations, or of entities whatever their role (CopyRE, WordDec).
  public var set: Score
  /// Per sentence the predicted triples whose relation, or ordered pair of entities, occurs in any
  /// gold triple, over the numbers of triples: the rule of CopyMTL's Table 4. It counts one gold
  /// relation as often as it is predicted, so recall may pass 1.
  public var copymtl: Score

  /// A caution about the `copymtl` convention, which reports print.
  public static let note =
    "copymtl counts predicted triples, not a set, so its recall may pass 1; "
    + "use it only to compare with CopyMTL's Table 4"
}

extension ElementScores: Encodable {
  private enum Key: String, CodingKey {
    case set, copymtl, note
  }

  /// Writes both scores with ``note``.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(set, forKey: .set)
    try values.encode(copymtl, forKey: .copymtl)
    try values.encode(Self.note, forKey: .note)
  }
}

extension Comparison {
  /// Relations whatever their entities.
  func relationScores() -> ElementScores {
    elementScores(
      set: { $0.relation.map { [$0] } ?? [] }, possible: { $0.form.relation($1.value) }, slots: 1,
      triple: \.relation)
  }

  /// Entities whatever their relation.
  func entityScores() -> ElementScores {
    elementScores(
      set: \.entities, possible: { $0.contains($1) }, slots: 2,
      triple: { key -> [EntityKey]? in
        guard let head = key.head, let tail = key.tail else { return nil }
        return [head, tail]
      })
  }

  /// - Parameters:
  ///   - set: the elements that a triple adds to the sentence's set; an empty slot adds none.
  ///   - possible: whether an output can have an element.
  ///   - slots: the elements of a triple, at most.
  ///   - triple: the part of a triple that the `copymtl` convention compares; `nil` is wrong.
  private func elementScores<Element: Hashable, Part: Hashable>(
    set: (TripleKey) -> [Element], possible: (Ceiling, Element) -> Bool, slots: Int,
    triple part: (TripleKey) -> Part?
  ) -> ElementScores {
    let most = ceiling { index, ceiling in
      let gold = Set(model.keyed[index].gold.flatMap(set))
      let room = ceiling.form.triples.multipliedReportingOverflow(by: slots)
      let found = gold.count { possible(ceiling, $0) }
      return TripleCounts(
        most: room.overflow ? found : min(found, room.partialValue), of: gold.count)
    }
    let found = counts { sentence in
      TripleCounts(
        predicted: Set(sentence.predicted.flatMap(set)), gold: Set(sentence.gold.flatMap(set)))
    }
    let published = counts { sentence in
      let gold = Set(sentence.gold.compactMap(part))
      return TripleCounts(
        tp: sentence.predicted.compactMap(part).count { gold.contains($0) },
        predicted: sentence.predicted.count, gold: sentence.gold.count)
    }
    // Recall may pass 1 by the second convention, which has no ceiling.
    return ElementScores(
      set: Score(sentences: sentences.count, bySentence: found, ceiling: most),
      copymtl: Score(sentences: sentences.count, bySentence: published))
  }

  private func counts(_ counts: (KeyedSentence) -> TripleCounts) -> [SentenceCounts] {
    model.keyed.enumerated().map { SentenceCounts($0, counts($1)) }
  }
}
