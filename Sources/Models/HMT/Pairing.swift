import Corpora

/// How the heads and the tails of one relation become pairs (HMT/README.md 5.2, D33).
package enum Pairing: String, Codable, Sendable, CaseIterable {
  /// Each head with its nearest tail, each tail with its nearest head; ties leftmost.
  case nearest
  /// All pairs.
  case cartesian
  /// In the order of the text; the last of the shorter list again and again.
  case zip
  /// The nearest pair first, each entity once.
  case oneToOne = "one-to-one"

  /// Visits the pairs of heads and tails, by place each, until `visit` returns false. A pair may come twice.
  ///
  /// - Precondition: no two spans of both lists have a token in common.
  package func forEachPair(
    _ heads: [Span], _ tails: [Span], _ visit: (_ head: Span, _ tail: Span) -> Bool
  ) {
    guard let lastHead = heads.last, let lastTail = tails.last else { return }
    switch self {
    case .nearest:
      for head in heads where !visit(head, tails.nearest(to: head)) { return }
      for tail in tails where !visit(heads.nearest(to: tail), tail) { return }
    case .cartesian:
      for head in heads {
        for tail in tails where !visit(head, tail) { return }
      }
    case .zip:
      for index in 0..<max(heads.count, tails.count) {
        let head = index < heads.count ? heads[index] : lastHead
        let tail = index < tails.count ? tails[index] : lastTail
        if !visit(head, tail) { return }
      }
    case .oneToOne:
      for (head, tail) in Self.greedy(heads, tails) where !visit(head, tail) { return }
    }
  }

  /// Takes the free pair of the smallest distance, then of the leftmost head, then of the leftmost tail, until no head
  /// or no tail is free. Such a pair has no free entity between, which would be nearer to one of the two.
  private static func greedy(_ heads: [Span], _ tails: [Span]) -> [(Span, Span)] {
    var free = (heads.map { (span: $0, isHead: true) } + tails.map { (span: $0, isHead: false) })
      .sorted { $0.span.start < $1.span.start }
    var pairs: [(Span, Span)] = []
    while true {
      var best: (key: (Int, Int), left: Int)?
      for left in free.indices.dropLast() where free[left].isHead != free[left + 1].isHead {
        let (a, b) = (free[left], free[left + 1])
        let key = (a.span.distance(to: b.span), (a.isHead ? a : b).span.start)
        if best.map({ key < $0.key }) ?? true { best = (key, left) }
      }
      guard let left = best?.left else { return pairs }
      let (a, b) = (free[left], free[left + 1])
      pairs.append(a.isHead ? (a.span, b.span) : (b.span, a.span))
      free.removeSubrange(left...left + 1)
    }
  }
}

extension Span {
  /// Whether the spans have no token in common.
  func isDisjoint(with other: Span) -> Bool { end < other.start || other.end < start }

  /// The number of tokens between two spans without a common token.
  fileprivate func distance(to other: Span) -> Int {
    max(start, other.start) - min(end, other.end) - 1
  }
}

extension [Span] {
  /// The span with the fewest tokens to `span` between, the left one on ties.
  ///
  /// - Precondition: there is one, they are ordered by place, and none has a token of `span`.
  fileprivate func nearest(to span: Span) -> Span {
    // The number of spans to the left, by bisection.
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].start < span.start { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return self[0] }
    guard low < count else { return self[low - 1] }
    return self[low].distance(to: span) < self[low - 1].distance(to: span)
      ? self[low] : self[low - 1]
  }
}
