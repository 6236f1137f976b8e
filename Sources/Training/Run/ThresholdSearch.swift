/// The search for the thresholds with the best score (Models/README.md 1.11).
///
/// One threshold is tried at .1, .15 to .9. Several are tried together at .2, .3 to .8, then one after the other at .05
/// below and above the best. Of thresholds with equal scores those nearest the configured ones win, the configured ones
/// themselves above all.
struct ThresholdSearch {
  /// Thresholds and their score.
  struct Outcome: Equatable {
    var values: [Float]
    var score: Double
  }

  private let configured: [Float]

  /// - Parameter configured: the thresholds of the options; not empty.
  init(configured: [Float]) { self.configured = configured }

  /// Scores the configured thresholds and those of the grid.
  ///
  /// - Parameter score: the score of some thresholds; `nil` ends the search.
  /// - Returns: the configured thresholds, and the best ones, which are the same where none are better.
  func run(
    _ score: ([Float]) throws -> Double?
  ) rethrows -> (configured: Outcome, best: Outcome)? {
    guard let first = try score(configured) else { return nil }
    let start = Outcome(values: configured, score: first)
    var best = start
    let coarse = configured.count == 1 ? [] : grid(count: configured.count)
    for values in coarse { guard try visit(values, &best, score) else { return nil } }
    for index in configured.indices {
      for value in fine(around: best.values[index]) {
        var values = best.values
        values[index] = value
        guard try visit(values, &best, score) else { return nil }
      }
    }
    return (start, best)
  }

  /// The number of thresholds that are scored where none are better than the configured ones.
  var count: Int {
    var count = 0
    _ = run { _ in
      count += 1
      return 0
    }
    return count
  }

  /// - Returns: whether the search goes on.
  private func visit(
    _ values: [Float], _ best: inout Outcome, _ score: ([Float]) throws -> Double?
  ) rethrows -> Bool {
    if values == configured { return true }
    guard let found = try score(values) else { return false }
    let isNearer = distance(values) < distance(best.values)
    if found > best.score || found == best.score && isNearer {
      best = Outcome(values: values, score: found)
    }
    return true
  }

  /// The sum of squares of the distances from the configured thresholds, in thousandths.
  private func distance(_ values: [Float]) -> Int {
    zip(values, configured).reduce(0) {
      let difference = Int((1000 * ($1.0 - $1.1)).rounded())
      return $0 + difference * difference
    }
  }

  /// All choices of `count` values out of .2, .3 to .8.
  private func grid(count: Int) -> [[Float]] {
    (0..<count).reduce([[]]) { choices, _ in
      choices.flatMap { choice in
        stride(from: 20, through: 80, by: 10).map { choice + [Float($0) / 100] }
      }
    }
  }

  /// The values of one threshold that are tried with the others at their best.
  private func fine(around best: Float) -> [Float] {
    guard configured.count > 1 else {
      return stride(from: 10, through: 90, by: 5).map { Float($0) / 100 }
    }
    let center = Int((100 * best).rounded())
    return [center - 5, center + 5].filter((1...99).contains).map { Float($0) / 100 }
  }
}
