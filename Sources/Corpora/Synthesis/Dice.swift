import Randomness

/// Draws numbers one after the other from the random stream of a purpose.
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
