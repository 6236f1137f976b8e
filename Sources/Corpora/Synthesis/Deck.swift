import Randomness

/// Draws numbers one after the other from a stream that a purpose names.
struct Dice {
  private let random: CounterRandom
  private var drawn = 0

  init(seed: UInt64, purpose: String) { random = CounterRandom(seed: seed, purpose: purpose) }

  /// The next number, uniform in `0..<bound`.
  mutating func roll(below bound: Int) -> Int {
    defer { drawn += 1 }
    return random.integer(drawn, below: bound)
  }
}

/// Items that are dealt like cards: each comes once before any comes again, so that a short run
/// shows them all.
struct Deck<Item> {
  private let items: [Item]
  private var rest: [Item] = []

  /// - Precondition: there are items.
  init(_ items: [Item]) {
    precondition(!items.isEmpty, "a deck without cards")
    self.items = items
  }

  mutating func deal(_ dice: inout Dice) -> Item {
    if rest.isEmpty { rest = items }
    return rest.remove(at: dice.roll(below: rest.count))
  }

  /// Deals the next item that fits; `nil` where none of all does.
  mutating func deal(_ dice: inout Dice, where fits: (Item) -> Bool) -> Item? {
    if !rest.contains(where: fits) { rest += items }
    let candidates = rest.indices.filter { fits(rest[$0]) }
    guard !candidates.isEmpty else { return nil }
    return rest.remove(at: candidates[dice.roll(below: candidates.count)])
  }
}
