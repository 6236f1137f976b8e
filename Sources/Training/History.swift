/// What a run has seen so far, step by step and evaluation by evaluation; it travels in checkpoints, so
/// nothing in it depends on time or machine.
public struct History: Codable, Sendable, Equatable {
  /// One update.
  public struct Step: Codable, Sendable, Equatable {
    /// Counts from 1.
    public var step: Int
    /// Counts from 0.
    public var epoch: Int
    /// The mean of each term of the objective over the minibatch.
    public var losses: [Double]
    public var total: Double
    /// Norm of the gradient before clipping.
    public var gradientNorm: Double
    public var rate: Double
  }

  /// One evaluation on the development split.
  public struct Evaluation: Codable, Sendable, Equatable {
    public var step: Int
    public var epoch: Int
    public var precision: Double
    public var recall: Double
    public var f1: Double
  }

  public var steps: [Step] = []
  public var evaluations: [Evaluation] = []

  /// The best evaluation; the earliest of equal ones.
  public var best: Evaluation? {
    evaluations.reduce(nil) { best, next in next.f1 > best?.f1 ?? -1 ? next : best }
  }

  /// Evaluations since the best one.
  public var evaluationsWithoutImprovement: Int {
    guard let best else { return 0 }
    return evaluations.filter { $0.step > best.step }.count
  }
}

/// Where a run is: after so many updates, so many of them in this epoch.
public struct Progress: Codable, Sendable, Equatable {
  /// Updates so far.
  public var step = 0
  /// The epoch that the next update belongs to, from 0.
  public var epoch = 0
  /// Updates of that epoch that are done.
  public var batch = 0
  public var history = History()

  public init() {}
}
