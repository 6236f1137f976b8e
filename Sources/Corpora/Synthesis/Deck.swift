/// Deals items like cards: each comes once before any comes again, so a short run shows them all.
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

  /// Deals the next item that fits; `nil` where no item fits.
  mutating func deal(_ dice: inout Dice, where fits: (Item) -> Bool) -> Item? {
    if !rest.contains(where: fits) { rest += items }
    let candidates = rest.indices.filter { fits(rest[$0]) }
    guard !candidates.isEmpty else { return nil }
    return rest.remove(at: candidates[dice.roll(below: candidates.count)])
  }
}
