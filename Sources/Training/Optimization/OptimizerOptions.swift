import Models

/// The `optimizer` section of a configuration (Models/README.md 1.11).
public struct OptimizerOptions: Codable, Sendable, Equatable {
  /// The update rule.
  public var kind = Kind.adam
  /// η, before the schedule.
  public var rate: Float = 1e-3
  /// β₁ of Adam, the decay of the first moment.
  public var beta1: Float = 0.9
  /// β₂ of Adam, the decay of the second moment.
  public var beta2: Float = 0.999
  /// ε of Adam and RMSprop, added to the root in the denominator.
  public var epsilon: Float = 1e-8
  /// Decay of RMSprop's mean square.
  public var rho: Float = 0.9
  /// Decoupled weight decay of AdamW, on weights and embeddings.
  public var weightDecay: Float = 0.01
  /// Largest norm of the whole gradient, which is scaled down to it; 0 for no bound.
  public var clip: Float = 0
  /// The course of the rate after the warm-up.
  public var schedule = Schedule.constant
  /// Steps over which the rate rises linearly from 0.
  public var warmup = 0
  /// The share of the run over which it rises, in the place of ``warmup``.
  public var warmupShare: Float = 0
  /// The share of ``rate`` that linear and cosine schedules do not fall below.
  public var floor: Float = 0
  /// The largest decay of the running average of the parameters; 0 keeps none.
  public var average: Float = 0

  /// Adam with its usual coefficients and a constant rate.
  public init() {}

  /// An update rule: Adam, AdamW with decoupled weight decay, plain gradient descent, RMSprop.
  public enum Kind: String, Codable, Sendable, CaseIterable { case adam, adamw, sgd, rmsprop }

  /// The course of the rate after the warm-up.
  public enum Schedule: String, Codable, Sendable, CaseIterable {
    /// Stays as it is.
    case constant
    /// Falls linearly to 0 at the last step, or to ``OptimizerOptions/floor``.
    case linear
    /// Falls along half a cosine to 0 at the last step, or to ``OptimizerOptions/floor``.
    case cosine
    /// Falls with the inverse square root of the step.
    case inverseSqrt = "inverse-sqrt"

    /// Whether the rate depends on the number of steps of the whole run.
    public var looksAhead: Bool { self == .linear || self == .cosine }
  }

  /// Throws the first option that no optimiser can work with, by its key below `optimizer`.
  public func validate() throws(InvalidOption) {
    for (key, value) in [("rate", rate), ("epsilon", epsilon)] where !(value > 0 && value.isFinite)
    {
      throw InvalidOption(key: key, found: "\(value)", expected: "a finite number above 0")
    }
    let shares = [
      ("beta1", beta1), ("beta2", beta2), ("rho", rho), ("floor", floor), ("average", average),
      ("warmupShare", warmupShare),
    ]
    for (key, value) in shares where !(0..<1).contains(value) {
      throw InvalidOption(key: key, found: "\(value)", expected: "in 0..<1")
    }
    let sizes = [("weightDecay", weightDecay), ("clip", clip)]
    for (key, value) in sizes where !(value >= 0 && value.isFinite) {
      throw InvalidOption(key: key, found: "\(value)", expected: "a finite number, 0 or more")
    }
    if warmup < 0 { throw InvalidOption(key: "warmup", found: "\(warmup)", expected: "0 or more") }
    if warmup > 0 && warmupShare > 0 {
      throw InvalidOption(
        key: "warmupShare", found: "\(warmupShare)", expected: "0 beside 'warmup', \(warmup)")
    }
  }
}
