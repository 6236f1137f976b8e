import Corpora

/// An entity as a match mode sees it.
enum EntityKey: Hashable {
  /// Under a mode that compares places, a gold entity that occurs nowhere in the tokens; no prediction
  /// has such a key then.
  case text(ExactString)
  case span(Span)
  case position(Int)
}

/// A triple as a match mode sees it; `nil` is a slot that the decoder left empty.
struct TripleKey: Hashable {
  var head: EntityKey?
  var relation: ExactString?
  var tail: EntityKey?
  /// Whether the triple is wrong whatever its parts are.
  var isWrong = false

  var isComplete: Bool { head != nil && relation != nil && tail != nil }
  var isEmpty: Bool { head == nil && relation == nil && tail == nil }
  var entities: [EntityKey] { [head, tail].compactMap { $0 } }
}

/// The map from triples to keys.
struct Matching {
  let mode: MatchMode
  var by = TokenIdentity.position
  var incompleteGroups = IncompleteGroups.wrong
  /// Whether the tags must spell both entities of a gold triple: the rule of RIN's authors (``RINExact``).
  var needsSpelledEntities = false

  func key(of argument: Argument, in sentence: Sentence) -> EntityKey {
    switch mode {
    case .exact: .text(ExactString(sentence.text(of: argument)))
    case .exactPosition: place(of: argument) { .span($0) }
    case .partialLast: token(of: argument, in: sentence, at: \.end) { $0.last }
    case .partialFirst: token(of: argument, in: sentence, at: \.start) { $0.first }
    }
  }

  func key(of triple: Triple, in sentence: Sentence) -> TripleKey {
    TripleKey(
      head: key(of: triple.head, in: sentence), relation: ExactString(triple.relation),
      tail: key(of: triple.tail, in: sentence))
  }

  func key(of group: Prediction.Group, in sentence: Sentence) -> TripleKey {
    TripleKey(
      head: group.head.map { key(of: $0, in: sentence) },
      relation: group.relation.map(ExactString.init),
      tail: group.tail.map { key(of: $0, in: sentence) })
  }

  /// A sentence's gold triples, each once, in the order of the corpus.
  func gold(of sentence: Sentence) -> [TripleKey] {
    sentence.triples.map { key(of: $0, in: sentence) }.distinct(by: \.self)
  }

  /// The groups that are scored: never one that is wholly empty.
  func groups(of prediction: Prediction) -> [Prediction.Group] {
    prediction.groups.filter { group in
      switch incompleteGroups {
      case .wrong: !group.isEmpty
      case .dropped: group.isComplete
      }
    }
  }

  /// The entities of the gold triples of each key, where they are located and two.
  func pairs(of sentence: Sentence) -> [TripleKey: [(head: Span, tail: Span)]] {
    var pairs: [TripleKey: [(head: Span, tail: Span)]] = [:]
    for triple in sentence.triples {
      guard let head = triple.head.span, let tail = triple.tail.span, head != tail else { continue }
      pairs[key(of: triple, in: sentence), default: []].append((head, tail))
    }
    return pairs
  }

  private func place(of argument: Argument, _ key: (Span) -> EntityKey) -> EntityKey {
    switch argument {
    case .span(let span): key(span)
    case .text(let text): .text(ExactString(text))
    }
  }

  private func token(
    of argument: Argument, in sentence: Sentence, at end: KeyPath<Span, Int>,
    from pick: ([ExactString]) -> ExactString?
  ) -> EntityKey {
    switch (argument, by) {
    case (.span(let span), .position): .position(span[keyPath: end])
    case (.span(let span), .string): .text(ExactString(sentence.tokens[span[keyPath: end]]))
    case (.text(let text), .position): .text(ExactString(text))
    case (.text(let text), .string):
      .text(pick(ExactString(text).words) ?? ExactString(text))
    }
  }
}

/// A sentence's gold and predicted triples as keys, each once, in the order of corpus and decoder.
struct KeyedSentence {
  let gold: [TripleKey]
  let predicted: [TripleKey]

  init(_ sentence: Sentence, _ prediction: Prediction, _ matching: Matching) {
    gold = matching.gold(of: sentence)
    let predicted = matching.groups(of: prediction).map { matching.key(of: $0, in: sentence) }
      .distinct(by: \.self)
    guard matching.needsSpelledEntities else {
      self.predicted = predicted
      return
    }
    let entities = Set(prediction.tags?.spans ?? [])
    let pairs = matching.pairs(of: sentence)
    self.predicted = predicted.map { key in
      var key = key
      key.isWrong = !(pairs[key] ?? []).contains {
        entities.contains($0.head) && entities.contains($0.tail)
      }
      return key
    }
  }
}
