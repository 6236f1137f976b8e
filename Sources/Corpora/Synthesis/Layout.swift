/// A pattern of clauses in a synthetic sentence.
enum Layout {
  /// One fact: `S lives in C .`, and `B was written by S .`
  case simple, passive
  /// Two facts of one subject: `S , who … , … .`, `S … and … .`, `S … , and S … .`
  case relative, coordinated, repeated
  /// A fact about the object: `S leads O , which … .`
  case chain
  /// Two relations of one pair: `S founded and still leads O .`
  case double
  /// Two facts that share nothing: `S … , while S … .`
  case parallel
  /// The object's name begins, or ends, with that of its city.
  case nestedFront, nestedBack
  /// Three facts: an aside with a double phrase, an aside with a chain, two asides.
  case asideDouble, asideChain, asides
  case four, five, six, seven

  /// The layouts of forty sentences but for the one hard case, with their counts. Most have one to three
  /// triples.
  private static let ordinary: [(Layout, Int)] = [
    (.simple, 11), (.passive, 2), (.relative, 5), (.coordinated, 3), (.chain, 4), (.double, 3),
    (.parallel, 2), (.repeated, 2), (.nestedFront, 2), (.asideDouble, 1), (.asideChain, 1),
    (.asides, 1), (.four, 1), (.five, 1),
  ]

  /// Layouts beyond pointers at last tokens with untyped tags, or beyond a decoder of five triples. One in
  /// forty keeps the structural ceiling above .97.
  private static let hard: [Layout] = [.nestedBack, .six, .nestedBack, .seven]

  /// The layouts of a split of `count` sentences.
  static func schedule(_ count: Int, _ dice: inout Dice) -> [Layout] {
    let ordinary = ordinary.flatMap { [Layout](repeating: $0.0, count: $0.1) }
    var layouts: [Layout] = []
    var block = 0
    while layouts.count < count {
      var deck = Deck(ordinary + [hard[block % hard.count]])
      for _ in 0..<(ordinary.count + 1) { layouts.append(deck.deal(&dice)) }
      block += 1
    }
    return Array(layouts.prefix(count))
  }
}
