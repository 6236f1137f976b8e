import Corpora

/// The most that any output of a model's form can score on one sentence (Evaluation/README.md 9.8).
struct Ceiling {
  /// Pairs of head and tail that are tried for one sentence. A sentence that needs more gets the number of triples
  /// that can be expressed one by one.
  private static let mostTrials = 10_000

  let form: Expressible
  private let matching: Matching
  /// The tokens that the model reads.
  private let tokens: [ExactString]
  /// The entities of which the tags must spell two; `nil` where any that match do.
  private let pairs: [TripleKey: [(head: Span, tail: Span)]]?

  init(_ sentence: Sentence, _ form: Expressible, _ matching: Matching) {
    var form = form
    if matching.needsSpelledEntities {
      form.together = { $0 == $1 || $0.end < $1.start || $1.end < $0.start }
    }
    pairs = matching.needsSpelledEntities ? matching.pairs(of: sentence) : nil
    (self.form, self.matching) = (form, matching)
    tokens = sentence.tokens.prefix(form.tokens).map { ExactString($0) }
  }

  /// The largest number of these triples in one output.
  func most(of gold: [TripleKey]) -> Int {
    let possible = gold.filter { contains($0) { _, _ in true } }
    let limit = min(form.triples, possible.count)
    guard let together = form.together else { return limit }
    var (best, trials) = (0, 0)
    func extends(_ entities: [Span], by keys: ArraySlice<TripleKey>, _ count: Int) -> Bool {
      best = max(best, count)
      if best == limit { return true }
      guard count + keys.count > best, let key = keys.first else { return false }
      let isDone = contains(key) { head, tail in
        trials += 1
        if trials > Self.mostTrials {
          best = limit
          return true
        }
        return entities.allSatisfy { together($0, head) && together($0, tail) }
          && extends(entities + [head, tail], by: keys.dropFirst(), count + 1)
      }
      return isDone || extends(entities, by: keys.dropFirst(), count)
    }
    _ = extends([], by: possible[...], 0)
    return best
  }

  /// Whether an output can have an entity that matches.
  func contains(_ entity: EntityKey) -> Bool { places(of: entity) { _ in true } }

  /// Whether `body` holds for a head and a tail with which an output can have a matching triple.
  private func contains(_ key: TripleKey, where body: (Span, Span) -> Bool) -> Bool {
    guard let head = key.head, let relation = key.relation, let tail = key.tail,
      form.relation(relation.value)
    else { return false }
    func holds(_ head: Span, _ tail: Span) -> Bool {
      form.pair(head, tail) && form.together?(head, tail) != false && body(head, tail)
    }
    if let pairs {
      return (pairs[key] ?? []).contains { head, tail in
        isEntity(head) && isEntity(tail) && holds(head, tail)
      }
    }
    return places(of: head) { head in places(of: tail) { tail in holds(head, tail) } }
  }

  private func isEntity(_ span: Span) -> Bool { span.end < tokens.count && form.entity(span) }

  /// Whether `body` holds for an entity of an output that matches, shorter ones first.
  private func places(of key: EntityKey, where body: (Span) -> Bool) -> Bool {
    func holds(_ span: Span) -> Bool { isEntity(span) && body(span) }
    func holds(at position: Int) -> Bool {
      guard position < tokens.count else { return false }
      return matching.mode == .partialFirst
        ? (position..<tokens.count).contains { holds(Span(position, $0)) }
        : (0...position).reversed().contains { holds(Span($0, position)) }
    }
    switch key {
    case .span(let span): return holds(span)
    case .position(let position): return holds(at: position)
    case .text(let text) where matching.mode == .exact:
      let words = text.words
      guard !words.isEmpty, words.count <= tokens.count else { return false }
      return (0...tokens.count - words.count).contains { start in
        tokens[start..<start + words.count].elementsEqual(words)
          && holds(Span(start, start + words.count - 1))
      }
    case .text(let text) where matching.mode.isPartial && matching.by == .string:
      return tokens.indices.contains { tokens[$0] == text && holds(at: $0) }
    case .text: return false
    }
  }
}

extension TripleCounts {
  /// The counts of an output without a wrong prediction that has so many of the gold ones.
  init(most: Int, of gold: Int) { self.init(tp: most, predicted: most, gold: gold) }

  /// The structural ceiling of a sentence: counts that no output of this form can pass in precision, recall or
  /// F1.
  public init(ceilingOf sentence: Sentence, _ form: Expressible, match: MatchMode) {
    let matching = Matching(mode: match)
    let gold = matching.gold(of: sentence)
    self.init(most: Ceiling(sentence, form, matching).most(of: gold), of: gold.count)
  }
}
