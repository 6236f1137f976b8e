import Randomness
import Testing

@testable import Corpora

@Suite("Labels by common runs")
struct CommonRunsTests {
  @Test("the common subsequence is the longest, then the shortest, then the first")
  func enumeration() {
    for seed in 0..<3000 {
      let random = CounterRandom(seed: UInt64(seed), purpose: "runs")
      func tokens(_ start: Int, _ most: Int) -> [Int] {
        (0..<Int(random.bits(start)) % (most + 1)).map { Int(random.bits(start + 1 + $0) % 4) }
      }
      let (entity, source) = (tokens(0, 5), tokens(50, 9))
      let found = CommonSubsequence(of: entity[...], in: source).places
      #expect(found == Self.best(entity, source), "\(entity) in \(source)")
    }
  }

  /// The best of all lists of places.
  private static func best(_ entity: [Int], _ source: [Int]) -> [Int] {
    var best: [Int] = []
    for set in 0..<1 << source.count {
      let places = source.indices.filter { set >> $0 & 1 == 1 }
      var rest = entity[...]
      let isCommon = places.allSatisfy { place in
        guard let index = rest.firstIndex(of: source[place]) else { return false }
        rest = rest[(index + 1)...]
        return true
      }
      guard isCommon, let first = places.first, let last = places.last else { continue }
      let isBetter =
        best.isEmpty || places.count > best.count
        || places.count == best.count
          && ([last - first] + places).lexicographicallyPrecedes([best.last! - best[0]] + best)
      if isBetter { best = places }
    }
    return best
  }
}

@Suite("Copying")
struct CopySourceTests {
  @Test("the tokens that may come next are those of the definition")
  func definition() {
    for seed in 0..<3000 {
      let random = CounterRandom(seed: UInt64(seed), purpose: "copying")
      let source = (0..<Int(random.bits(0) % 9)).map { Int32(random.bits(1 + $0) % 4) }
      var state = CopySource(source, banned: [3])
      var generated: [(Int32, CopyLabel)] = []
      for step in 0..<6 {
        for label in CopyLabel.allCases {
          let places = Self.places(source, generated, label)
          #expect(state.places(of: label) == places)
          let allowed = Set(places.map { source[$0] }).subtracting([3]).sorted()
          #expect(state.allowed(label) == (allowed.isEmpty ? nil : allowed))
        }
        let label = CopyLabel.allCases[[0, 1, 2, 2][Int(random.bits(60 + step) % 4)]]
        generated.append((Int32(random.bits(80 + step) % 4), label))
        state.append(generated[step].0, label)
      }
    }
  }

  private static func places(
    _ source: [Int32], _ generated: [(Int32, CopyLabel)], _ label: CopyLabel
  ) -> [Int] {
    switch label {
    case .outside: return []
    case .begin: return Array(source.indices)
    case .inside:
      guard let start = generated.lastIndex(where: { $0.1 != .inside }),
        generated[start].1 == .begin
      else { return [] }
      let run = generated[start...].map(\.0)
      return source.indices.filter { place in
        place >= run.count && source[..<place].suffix(run.count) == run[...]
      }
    }
  }
}
