import Models

/// The `optimizer` section of a configuration (models.md 1.11).
public struct OptimizerOptions: Codable, Sendable, Equatable {
  public var kind = Kind.adam
  /// η, before the schedule.
  public var rate: Float = 1e-3
  /// β₁ and β₂ of Adam.
  public var beta1: Float = 0.9
  public var beta2: Float = 0.999
  public var epsilon: Float = 1e-8
  /// Decay of RMSprop's mean square.
  public var rho: Float = 0.9
  /// Decoupled weight decay of AdamW, on weights and embeddings.
  public var weightDecay: Float = 0.01
  /// Largest norm of the whole gradient; 0 leaves it alone.
  public var clip: Float = 0
  public var schedule = Schedule.constant
  /// Steps over which the rate rises linearly from 0.
  public var warmup = 0

  public init() {}

  public enum Kind: String, Codable, Sendable, CaseIterable { case adam, adamw, sgd, rmsprop }

  /// What the rate does after the warm-up.
  public enum Schedule: String, Codable, Sendable, CaseIterable {
    case constant
    /// Falls linearly to 0 at the last step.
    case linear
    /// Falls to 0 at the last step along half a cosine.
    case cosine
    /// Falls with the inverse square root of the step.
    case inverseSqrt = "inverse-sqrt"

    /// Whether the rate depends on how many steps there will be.
    public var looksAhead: Bool { self == .linear || self == .cosine }
  }

  /// The first option that no optimiser can work with; keys are those below `optimizer`.
  public func validate() throws(InvalidOption) {
    if !(rate > 0 && rate.isFinite) {
      throw InvalidOption(key: "rate", found: "\(rate)", expected: "a finite number above 0")
    }
    let shares = [("beta1", beta1), ("beta2", beta2), ("rho", rho)]
    for (key, value) in shares where !(0..<1).contains(value) {
      throw InvalidOption(key: key, found: "\(value)", expected: "in 0..<1")
    }
    let sizes = [("epsilon", epsilon), ("weightDecay", weightDecay), ("clip", clip)]
    for (key, value) in sizes where !(value >= 0 && value.isFinite) {
      throw InvalidOption(key: key, found: "\(value)", expected: "a finite number, 0 or more")
    }
    if warmup < 0 { throw InvalidOption(key: "warmup", found: "\(warmup)", expected: "0 or more") }
  }
}
