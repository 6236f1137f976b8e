/// Two pieces, the second of which goes on with the word behind the first.
struct PiecePair: Hashable, Comparable {
  let first: Int32
  let second: Int32

  /// The pairs of neighbours.
  static func all(in pieces: [Int32]) -> [PiecePair] {
    zip(pieces, pieces.dropFirst()).map { PiecePair(first: $0, second: $1) }
  }

  static func < (a: PiecePair, b: PiecePair) -> Bool {
    (a.first, a.second) < (b.first, b.second)
  }

  /// A word with one piece in place of the pair, from the left.
  func joined(as piece: Int32, in pieces: [Int32]) -> [Int32] {
    var result: [Int32] = []
    var index = 0
    while index < pieces.count {
      let isPair =
        index + 1 < pieces.count && pieces[index] == first && pieces[index + 1] == second
      result.append(isPair ? piece : pieces[index])
      index += isPair ? 2 : 1
    }
    return result
  }
}

/// Pairs by their counts, the most frequent first, of equal ones the smallest: a binary heap.
struct PairQueue {
  private var heap: [(count: Int, pair: PiecePair)] = []

  mutating func push(_ count: Int, _ pair: PiecePair) {
    heap.append((count, pair))
    var index = heap.count - 1
    while index > 0, isBefore(index, (index - 1) / 2) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func pop() -> (count: Int, pair: PiecePair)? {
    guard let top = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var index = 0
    while true {
      let children = [2 * index + 1, 2 * index + 2].filter { $0 < heap.count }
      guard let next = children.min(by: isBefore), isBefore(next, index) else { return top }
      heap.swapAt(index, next)
      index = next
    }
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    (heap[b].count, heap[a].pair) < (heap[a].count, heap[b].pair)
  }
}
