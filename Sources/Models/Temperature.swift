import Corpora
import Glibc

/// The temperature T that makes the score of a triple the share of such triples that are right:
/// `σ(logit(p) / T)` of the model's own probability p (Models/README.md 1.14).
public struct Temperature: Hashable, Sendable {
  /// The temperatures that there are.
  public static let range = 0.05...20.0
  /// The largest logit; a probability that rounds to 1 has it.
  public static let largestLogit = 17.0

  /// T.
  public let value: Double

  /// Makes a temperature; `nil` out of ``range``.
  public init?(_ value: Double) {
    guard Self.range.contains(value) else { return nil }
    self.value = value
  }

  /// `log(p / (1 − p))`, at most ``largestLogit``.
  public static func logit(_ probability: Float) -> Double {
    let p = Double(probability)
    return min(log(p) - log1p(-p), largestLogit)
  }

  /// The calibrated probability.
  public func calibrated(_ probability: Float) -> Float {
    Float(1 / (1 + exp(-Self.logit(probability) / value)))
  }
}
