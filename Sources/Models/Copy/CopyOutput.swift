import Autodiff
import Corpora

extension CopyNetwork {
  /// Extracts facts from sentences.
  ///
  /// - Parameters:
  ///   - inputs: sentences, longest first.
  ///   - scoring: whether each group gets its probability.
  func predict(_ inputs: [WordInput], scoring: Bool, on tape: Tape) -> [Prediction] {
    zip(inputs, choices(CopyBatch(inputs), scoring: scoring, on: tape)).map { input, choices in
      read(
        choices.actions, length: input.length, tags: choices.tags, scores: choices.scores)
    }
  }

  /// Converts a sentence's choices into groups of slots, without empty groups and repeats
  /// (Copy/README.md 2.3, 3.3, 3.4).
  ///
  /// - Parameters:
  ///   - actions: one choice for each step.
  ///   - length: the number of the sentence's tokens.
  ///   - scores: the probabilities of the choices; `nil` for groups without.
  func read(
    _ actions: [Int], length: Int, tags: Tags?, scores: CopyScores? = nil
  ) -> Prediction {
    var prediction = Prediction(tags: tags)
    let count = architecture.steps.count
    for (triple, slots) in actions.chunks(of: count).enumerated() {
      let relation =
        slots[0] < vocabularies.relations.count ? vocabularies.relations[slots[0]] : nil
      if relation == nil && options.stopAtNA { break }
      let (head, tail) = entities(slots, length: length, tags: tags)
      let steps = triple * count..<(triple + 1) * count
      prediction.append(
        Prediction.Group(head: head, relation: relation, tail: tail),
        score: scores?.probability(
          ofSteps: steps, entities: [head, tail].compactMap { $0 }, tags))
    }
    return prediction
  }

  private func entities(_ slots: [Int], length: Int, tags: Tags?) -> (head: Span?, tail: Span?) {
    switch architecture.slots {
    case .triple:
      func entity(_ position: Int) -> Span? {
        guard position < length else { return nil }
        return tags?.entity(endingAt: position) ?? Span(position, position)
      }
      return (entity(slots[1]), entity(slots[2]))
    case .quintuple:
      func entity(_ position: Int, _ lengthClass: Int) -> Span? {
        guard position < length, lengthClass < vocabularies[.longestEntity] else { return nil }
        return options.quintAnchor == .last
          ? Span(max(position - lengthClass, 0), position)
          : Span(position, min(position + lengthClass, length - 1))
      }
      return (entity(slots[1], slots[2]), entity(slots[3], slots[4]))
    }
  }

  /// The limits of the output: T triples, the pointing rule, entities that tags can make together, and the
  /// mask M (Copy/README.md 3.3).
  func expressible(in input: WordInput) -> Expressible {
    let longest =
      switch architecture.slots {
      case .triple: architecture.tagging ? Int.max : 1
      case .quintuple: vocabularies[.longestEntity]
      }
    let isMasked = options.mask == .neginf
    let together: Expressible.Pair = { Tags.canTag($0, $1, in: .bio) }
    return Expressible(
      tokens: input.length, triples: options.triples,
      relation: { vocabularies.relations.id(of: $0) != nil }, entity: { $0.length <= longest },
      pair: { !isMasked || pointer($0) != pointer($1) },
      together: architecture.tagging ? together : nil)
  }
}
