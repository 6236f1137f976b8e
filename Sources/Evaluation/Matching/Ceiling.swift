import Corpora

/// The most that any output of a model's form can score on one sentence (Evaluation/README.md 9.8).
struct Ceiling {
  /// Pairs of head and tail that are tried for one sentence. A sentence that needs more gets a number that is not too
  /// small.
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
      form.require { $0 == $1 || $0.end < $1.start || $1.end < $0.start }
    }
    pairs = matching.needsSpelledEntities ? matching.pairs(of: sentence) : nil
    (self.form, self.matching) = (form, matching)
    tokens = sentence.tokens.prefix(form.tokens).map { ExactString($0) }
  }

  /// The largest number of these triples in one output.
  func most(of gold: [TripleKey]) -> Int {
    let possible = gold.filter { contains($0) { _ in true } }
    guard let together = form.together else { return min(form.triples, possible.count) }
    let bounds = bounds(possible, together)
    let limit = min(form.triples, bounds[0])
    var (best, trials) = (0, 0)
    func extends(_ facts: [Expressible.Fact], by keys: ArraySlice<TripleKey>) -> Bool {
      best = max(best, facts.count)
      if best >= limit { return true }
      guard facts.count + bounds[keys.startIndex] > best, let key = keys.first else { return false }
      let isDone = contains(key) { fact in
        trials += 1
        if trials > Self.mostTrials {
          best = limit
          return true
        }
        return facts.allSatisfy { together($0, fact) }
          && extends(facts + [fact], by: keys.dropFirst())
      }
      return isDone || extends(facts, by: keys.dropFirst())
    }
    _ = extends([], by: possible[...])
    return min(best, limit)
  }

  /// For each index, a number that no output can pass of the triples from there on: of triples that exclude each other
  /// two and two, one counts.
  private func bounds(
    _ keys: [TripleKey], _ together: (Expressible.Fact, Expressible.Fact) -> Bool
  ) -> [Int] {
    var trials = 0
    func exclude(_ a: TripleKey, _ b: TripleKey) -> Bool {
      !contains(a) { one in
        contains(b) { other in
          trials += 1
          return trials > Self.mostTrials || together(one, other)
        }
      }
    }
    var groups: [[TripleKey]] = []
    var bounds = [0]
    for key in keys.reversed() {
      let place = groups.firstIndex { $0.allSatisfy { exclude(key, $0) } }
      if let place { groups[place].append(key) } else { groups.append([key]) }
      bounds.append(groups.count)
    }
    return bounds.reversed()
  }

  /// Whether an output can have an entity that matches.
  func contains(_ entity: EntityKey) -> Bool { places(of: entity) { _ in true } }

  /// Whether `body` holds for a matching triple that an output can have.
  private func contains(_ key: TripleKey, where body: (Expressible.Fact) -> Bool) -> Bool {
    guard let head = key.head, let relation = key.relation, let tail = key.tail,
      form.relation(relation.value), form.names?.keepsSelfTriples != false || !isSelfTriple(key)
    else { return false }
    func holds(_ head: Span, _ tail: Span) -> Bool {
      form.pair(head, tail)
        && body(Expressible.Fact(head: head, relation: relation.value, tail: tail))
    }
    if let pairs {
      return (pairs[key] ?? []).contains { head, tail in
        isTagged(head) && isTagged(tail) && holds(head, tail)
      }
    }
    return places(of: head) { head in places(of: tail) { tail in holds(head, tail) } }
  }

  /// Whether head and tail are the same text. A partial match does not tell, so that its ceiling may be too large.
  private func isSelfTriple(_ key: TripleKey) -> Bool {
    matching.mode == .exact && key.head == key.tail
  }

  private func isEntity(_ span: Span) -> Bool { span.end < tokens.count && form.entity(span) }

  /// Whether an output can have an entity that tags spell; one that is written need not be at its place.
  private func isTagged(_ span: Span) -> Bool {
    guard let names = form.names else { return isEntity(span) }
    return span.end < tokens.count && names.contains(tokens[span.range])
  }

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
    case .text(let text) where form.names != nil:
      // A name that is written has no place; conditions on places do not apply.
      let isWritten =
        matching.mode == .exact
        ? form.names?.contains(text.words) : form.names?.mayHold(text.value)
      return isWritten == true && body(Span(0, 0))
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
