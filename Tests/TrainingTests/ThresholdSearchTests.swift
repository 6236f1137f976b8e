import Testing

@testable import Training

@Suite("The search for thresholds")
struct ThresholdSearchTests {
  /// One threshold, its score as a function of it in hundredths, and the best.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var configured: Float = 0.5
    let score: @Sendable (Int) -> Double
    let best: Float
  }

  static let single: [Case] = [
    Case(testDescription: "one best", score: { $0 == 35 ? 0.8 : 0.7 }, best: 0.35),
    Case(testDescription: "the last", score: { Double($0) }, best: 0.9),
    Case(testDescription: "the first", score: { -Double($0) }, best: 0.1),
    Case(testDescription: "all alike", score: { _ in 0.7 }, best: 0.5),
    Case(
      testDescription: "configured beside the grid, as good as the best", configured: 0.42,
      score: { $0 == 42 || $0 == 45 ? 0.8 : 0.7 }, best: 0.42),
    Case(
      testDescription: "two best, the nearer one above",
      score: { $0 == 20 || $0 == 60 ? 0.8 : 0.7 }, best: 0.6),
    Case(
      testDescription: "two best, the nearer one below",
      score: { $0 == 40 || $0 == 85 ? 0.8 : 0.7 }, best: 0.4),
    Case(
      testDescription: "two best, equally near", score: { $0 == 40 || $0 == 60 ? 0.8 : 0.7 },
      best: 0.4),
  ]

  @Test("one threshold: the best of the grid, then the nearest", arguments: single)
  func best(_ test: Case) throws {
    var tried: [Float] = []
    let found = try #require(
      ThresholdSearch(configured: [test.configured]).run { values -> Double? in
        tried += values
        return test.score(Int((values[0] * 100).rounded()))
      })
    #expect(found.best.values == [test.best])
    #expect(found.best.score == test.score(Int((test.best * 100).rounded())))
    #expect(found.configured.values == [test.configured])
    #expect(found.configured.score == test.score(Int((test.configured * 100).rounded())))
    #expect(
      Set(tried).count == tried.count && Set(tried).count == (test.configured == 0.5 ? 17 : 18))
    #expect(Set(tried).isSuperset(of: [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.9]))
  }

  @Test("two thresholds: the best pair of the coarse grid, made finer")
  func pair() throws {
    // A false summit at the configured pair: from there no single threshold leads up.
    func score(_ values: [Float]) -> Double {
      let (a, b) = (Double(values[0]), Double(values[1]))
      let summit = (a - 0.35) * (a - 0.35) + (b - 0.75) * (b - 0.75)
      return values == [0.5, 0.5] ? -0.05 : -summit
    }
    var count = 0
    let found = try #require(
      ThresholdSearch(configured: [0.5, 0.5]).run { values -> Double? in
        count += 1
        return score(values)
      })
    #expect(found.best.values == [0.35, 0.75])
    #expect(found.configured.score == -0.05)
    #expect(count == 49 + 4)
  }

  @Test("a search that is ended has no outcome")
  func ended() {
    for last in [0, 1, 9] {
      var count = 0
      let found = ThresholdSearch(configured: [0.5]).run { _ -> Double? in
        defer { count += 1 }
        return count == last ? nil : 0.5
      }
      #expect(found == nil && count == last + 1)
    }
  }
}
