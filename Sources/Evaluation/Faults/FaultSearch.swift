import Corpora

/// A triple by its names, with what it was made of.
private struct Named<Source> {
  let key: TripleKey
  let source: Source

  var head: String? { key.head?.text }
  var tail: String? { key.tail?.text }
}

/// The search for the kinds of one sentence's faults (Evaluation/README.md 9.9).
private struct FaultSearch {
  private var wrong: [Named<Prediction.Group>]
  private var missing: [Named<Triple>]
  private let sentence: Int
  private let goldCount: Int
  private(set) var faults: [Fault] = []

  init(_ index: Int, _ sentence: Sentence, _ groups: [Prediction.Group]) {
    let matching = Matching(mode: .exact)
    let gold = sentence.triples.map { Named(key: matching.key(of: $0, in: sentence), source: $0) }
      .distinct(by: \.key)
    let predicted = groups.map { Named(key: matching.key(of: $0, in: sentence), source: $0) }
      .distinct(by: \.key)
    let (goldKeys, predictedKeys) = (Set(gold.map(\.key)), Set(predicted.map(\.key)))
    wrong = predicted.filter { !goldKeys.contains($0.key) }
    missing = gold.filter { !predictedKeys.contains($0.key) }
    self.sentence = index
    goldCount = gold.count
  }

  /// Takes each wrong prediction, in the decoder's order, with the first missing triple, in the corpus's order, of
  /// one kind after the other.
  mutating func pair() {
    for kind in FaultKind.pairs {
      var left: [Named<Prediction.Group>] = []
      for guess in wrong {
        if let place = missing.firstIndex(where: { kind.holds(guess, $0) }) {
          let gold = missing.remove(at: place)
          add(kind, guess.source, gold.source)
        } else {
          left.append(guess)
        }
      }
      wrong = left
    }
  }

  /// Gives each prediction and each triple that is left its kind.
  ///
  /// - Parameter ceiling: what an output can have; `nil` where that is not known.
  mutating func finish(_ ceiling: Ceiling?) {
    for guess in wrong { add(guess.key.isComplete ? .spurious : .incomplete, guess.source, nil) }
    var beyond = max(0, goldCount - (ceiling?.form.triples ?? .max))
    // The last triples of a sentence are those beyond the limit.
    let kinds = missing.reversed().map { gold -> FaultKind in
      if let impossible = ceiling?.impossibility(of: gold.key) { return impossible }
      if beyond == 0 { return .missed }
      beyond -= 1
      return .beyondLimit
    }
    for (gold, kind) in zip(missing, kinds.reversed()) { add(kind, nil, gold.source) }
  }

  private mutating func add(_ kind: FaultKind, _ predicted: Prediction.Group?, _ gold: Triple?) {
    faults.append(Fault(sentence: sentence, kind: kind, predicted: predicted, gold: gold))
  }
}

extension FaultKind {
  /// Whether a wrong prediction and a missing triple are a pair of this kind.
  fileprivate func holds(_ guess: Named<Prediction.Group>, _ gold: Named<Triple>) -> Bool {
    guard guess.key.isComplete else { return false }
    let sameRelation = guess.key.relation == gold.key.relation
    let (sameHead, sameTail) = (guess.key.head == gold.key.head, guess.key.tail == gold.key.tail)
    return switch self {
    case .swapped:
      sameRelation && guess.key.head == gold.key.tail && guess.key.tail == gold.key.head
    case .relation: sameHead && sameTail
    case .span:
      sameRelation && guess.head.sharesWord(with: gold.head)
        && guess.tail.sharesWord(with: gold.tail)
    case .tail: sameRelation && sameHead
    case .head: sameRelation && sameTail
    default: false
    }
  }
}

extension String? {
  fileprivate func sharesWord(with other: String?) -> Bool {
    guard let self, let other else { return false }
    return !Set(ExactString(self).words).isDisjoint(with: ExactString(other).words)
  }
}

extension Ceiling {
  /// Why no output has a triple, if none has.
  fileprivate func impossibility(of key: TripleKey) -> FaultKind? {
    if let relation = key.relation, !form.relation(relation.value) { return .unknownRelation }
    return most(of: [key]) == 0 ? .inexpressible : nil
  }
}

extension Comparison {
  /// All wrong and all missing triples, by exact strings.
  func faults() -> Faults {
    let matching = Matching(mode: .exact, incompleteGroups: options.incompleteGroups)
    let list = sentences.indices.flatMap { index in
      let groups = matching.groups(of: model.predictions[index])
      var search = FaultSearch(index, sentences[index], groups)
      search.pair()
      search.finish(exactCeiling(index))
      return search.faults
    }
    let limit = ceilings?.map(\.form.triples).max() ?? .max
    return Faults(list: list, limit: limit == .max ? nil : limit)
  }

  /// What an output of a sentence can have, by exact strings.
  private func exactCeiling(_ index: Int) -> Ceiling? {
    ceilings.map { Ceiling(sentences[index], $0[index].form, Matching(mode: .exact)) }
  }
}
