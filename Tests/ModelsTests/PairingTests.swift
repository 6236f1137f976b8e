import Corpora
import Randomness
import Testing

@testable import Models

/// The pairing rules of HMT/README.md 5.2 against their definitions, all pairs being listed.
@Suite("Pairing")
struct PairingTests {
  private typealias Pair = (distance: Int, head: Span, tail: Span)

  /// Disjoint spans of two lists, each by place.
  private static func spans(_ random: CounterRandom) -> (heads: [Span], tails: [Span]) {
    var lists: ([Span], [Span]) = ([], [])
    var token = 0
    for draw in 0..<random.integer(0, below: 9) {
      token += random.integer(3 * draw + 1, below: 4)
      let span = Span(token, token + random.integer(3 * draw + 2, below: 3))
      token = span.end + 1
      if random.integer(3 * draw + 3, below: 2) == 0 {
        lists.0.append(span)
      } else {
        lists.1.append(span)
      }
    }
    return lists
  }

  private static func tokens(between a: Span, _ b: Span) -> Int {
    a.end < b.start ? b.start - a.end - 1 : a.start - b.end - 1
  }

  private static func expected(_ rule: Pairing, _ heads: [Span], _ tails: [Span]) -> [[Int]] {
    var all = heads.flatMap { head in
      tails.map { Pair(tokens(between: head, $0), head, $0) }
    }
    func key(_ pair: Pair) -> (Int, Int, Int) { (pair.distance, pair.head.start, pair.tail.start) }
    var chosen: [Pair] = []
    switch rule {
    case .cartesian: chosen = all
    case .nearest:
      chosen = all.filter { pair in
        let ofHead = all.filter { $0.head == pair.head }.min { key($0) < key($1) }
        let ofTail = all.filter { $0.tail == pair.tail }.min { key($0) < key($1) }
        return ofHead?.tail == pair.tail || ofTail?.head == pair.head
      }
    case .zip:
      if !all.isEmpty {
        chosen = (0..<max(heads.count, tails.count)).map {
          (0, heads[min($0, heads.count - 1)], tails[min($0, tails.count - 1)])
        }
      }
    case .oneToOne:
      while let next = all.min(by: { key($0) < key($1) }) {
        chosen.append(next)
        all.removeAll { $0.head == next.head || $0.tail == next.tail }
      }
    }
    return sorted(chosen.map { ($0.head, $0.tail) })
  }

  private static func sorted(_ pairs: [(Span, Span)]) -> [[Int]] {
    Set(pairs.map { [$0.start, $0.end, $1.start, $1.end] })
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test("pairs of random heads and tails are those of the definition", arguments: Pairing.allCases)
  func definition(_ rule: Pairing) {
    for number in 0..<2000 {
      let (heads, tails) = Self.spans(
        CounterRandom(seed: 3, purpose: "pairing", example: number))
      var found: [(Span, Span)] = []
      rule.forEachPair(heads, tails) {
        found.append(($0, $1))
        return true
      }
      #expect(
        Self.sorted(found) == Self.expected(rule, heads, tails), "\(heads) \(tails)")
    }
  }

  @Test("no pair is visited after the visitor has had enough", arguments: Pairing.allCases)
  func enough(_ rule: Pairing) {
    let heads = (0..<5).map { Span(2 * $0, 2 * $0) }
    let tails = (0..<5).map { Span(2 * $0 + 1, 2 * $0 + 1) }
    var visited = 0
    rule.forEachPair(heads, tails) { _, _ in
      visited += 1
      return visited < 3
    }
    #expect(visited == 3)
  }
}
