import Evaluation
import Glibc
import Models

/// Right and wrong triples by the logit of their probability. The counts are integers, so that their sum over ranks
/// and sentences has no rounding.
struct LogitHistogram: Equatable {
  /// Right, or wrong, triples without which no temperature is fitted.
  static let least = 10
  /// Bins of a logit's unit, and bins on each side of 0.
  private static let (density, half) = (128, 128 * Int(Temperature.largestLogit))

  /// Of each bin the wrong triples, then of each the right ones.
  private(set) var counts: [Int64]

  /// Takes the counts of a histogram, or of several in sum; none by default.
  init(counts: [Int64] = [Int64](repeating: 0, count: 2 * (2 * half + 1))) { self.counts = counts }

  private var bins: Int { counts.count / 2 }
  /// The right triples.
  var right: Int { Int(counts[bins...].reduce(0, +)) }
  /// The wrong triples.
  var wrong: Int { Int(counts[..<bins].reduce(0, +)) }

  /// Counts a triple. Logits below the smallest count as the smallest.
  mutating func add(_ confidence: Confidence) {
    let logit = max(Temperature.logit(confidence.probability), -Temperature.largestLogit)
    let bin = Self.half + Int((logit * Double(Self.density)).rounded())
    counts[(confidence.isRight ? bins : 0) + bin] += 1
  }

  /// The temperature with the least negative log-likelihood, in ten-thousandths; `nil` where the triples are too few.
  ///
  /// The likelihood's slope rises with 1/T, so that bisection finds its zero.
  var temperature: Temperature? {
    guard min(right, wrong) >= Self.least else { return nil }
    var (low, high) = (log(Temperature.range.lowerBound), log(Temperature.range.upperBound))
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if slope(inverse: exp(-middle)) > 0 { low = middle } else { high = middle }
    }
    return Temperature((exp((low + high) / 2) * 10_000).rounded() / 10_000)
  }

  /// The slope of the negative log-likelihood over β = 1/T: `Σ x (n σ(β x) − right)` over bins of n triples.
  private func slope(inverse: Double) -> Double {
    (0..<bins).reduce(0) { sum, bin in
      let (wrong, right) = (Double(counts[bin]), Double(counts[bins + bin]))
      guard wrong + right > 0 else { return sum }
      let x = Double(bin - Self.half) / Double(Self.density)
      return sum + x * ((wrong + right) / (1 + exp(-inverse * x)) - right)
    }
  }
}
