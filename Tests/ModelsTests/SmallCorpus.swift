import Corpora
import Randomness

/// Sentences about people, companies and places with one to five facts and names of one to three
/// tokens; some names share tokens, some are part of several facts.
enum SmallCorpus {
  private static let people = names(
    ["Anna", "Boris", "Carla", "Dmitri", "Elena", "Farid"], ["Stone", "Rivera", "Novak", "Sato"])
  private static let companies =
    names(["Northern", "Global", "United"], ["Steel", "Motors"])
    + [["Bank", "of", "Steel"], ["Acme"], ["House", "of", "Motors"]]
  private static let places = [
    ["Lyon"], ["New", "Lyon"], ["Porto"], ["Santa", "Cruz"], ["Cruz", "del", "Sur"], ["Oslo"],
  ]

  private static func names(_ first: [String], _ last: [String]) -> [[String]] {
    first.flatMap { a in last.map { b in [a, b] } }
  }

  private struct Clause {
    let relation: String
    let heads: [[String]]
    let words: [String]
    let tails: [[String]]
  }

  private static let clauses = [
    Clause(relation: "born in", heads: people, words: ["was", "born", "in"], tails: places),
    Clause(relation: "works for", heads: people, words: ["works", "for"], tails: companies),
    Clause(relation: "based in", heads: companies, words: ["is", "based", "in"], tails: places),
    Clause(relation: "married to", heads: people, words: ["married"], tails: people),
    Clause(relation: "owns", heads: companies, words: ["bought"], tails: companies),
    Clause(relation: "lives in", heads: people, words: ["moved", "to"], tails: places),
  ]

  /// So many sentences; the same for the same seed. Triples name the first occurrence of an entity.
  ///
  /// - Parameter facts: the range of the number of facts of a sentence.
  static func sentences(
    _ count: Int, facts: ClosedRange<Int> = 1...5, seed: UInt64 = 7
  ) -> [Sentence] {
    (0..<count).map { index in
      var draws = Sequence(
        numbers: CounterRandom(seed: seed, purpose: "small corpus", example: index))
      return sentence(index, facts: facts, &draws)
    }
  }

  /// A stream's numbers, one after the other.
  private struct Sequence {
    let numbers: CounterRandom
    var drawn = 0

    mutating func integer(below bound: Int) -> Int {
      drawn += 1
      return numbers.integer(drawn, below: bound)
    }

    mutating func element<T>(_ elements: [T]) -> T { elements[integer(below: elements.count)] }
  }

  private static func sentence(
    _ index: Int, facts: ClosedRange<Int>, _ draws: inout Sequence
  ) -> Sentence {
    var tokens: [String] = []
    var spans: [[String]: Span] = [:]
    var triples: [Triple] = []
    func place(_ name: [String]) -> Span {
      let start = tokens.count
      tokens += name
      let span = spans[name] ?? Span(start, start + name.count - 1)
      spans[name] = span
      return span
    }
    let count = facts.lowerBound + draws.integer(below: facts.count)
    var head: [String] = []
    for fact in 0..<count {
      let clause = draws.element(clauses)
      if fact > 0 { tokens.append(fact == count - 1 ? "and" : ",") }
      let again = clause.heads.contains(head) && draws.integer(below: 2) == 0
      if !again { head = draws.element(clause.heads) }
      let first = place(head)
      tokens += clause.words
      let tail = draws.element(clause.tails.filter { $0.last != head.last })
      let second = place(tail)
      triples.append(Triple(head: .span(first), relation: clause.relation, tail: .span(second)))
    }
    return Sentence(id: "\(index)", tokens: tokens + ["."], triples: triples)
  }

  /// The same sentences with each entity named by its last token.
  static func byLastToken(_ sentences: [Sentence]) -> [Sentence] {
    func last(_ argument: Argument) -> Argument {
      argument.span.map { .span(Span($0.end, $0.end)) } ?? argument
    }
    return sentences.map { sentence in
      var reduced = sentence
      reduced.triples = sentence.triples.map {
        Triple(head: last($0.head), relation: $0.relation, tail: last($0.tail))
      }
      return reduced
    }
  }
}
