/// What a run has seen so far, step by step and evaluation by evaluation; it travels in checkpoints, so
/// nothing in it depends on time or machine.
public struct History: Codable, Sendable, Equatable {
  /// One update.
  public struct Step: Sendable, Equatable {
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

  public var steps = Steps()
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

extension History {
  /// Updates in their order, column by column as checkpoints have them: what one of them leaves behind in
  /// memory is its numbers and nothing else.
  public struct Steps: Codable, Sendable, Equatable {
    private(set) var step: [Int64] = []
    private(set) var epoch: [Int64] = []
    /// One column for each term of the objective.
    private(set) var losses: [[Double]] = []
    private(set) var total: [Double] = []
    private(set) var gradientNorm: [Double] = []
    private(set) var rate: [Double] = []

    public init() {}

    /// - Precondition: the columns have as many rows.
    init(
      step: [Int64], epoch: [Int64], losses: [[Double]], total: [Double], gradientNorm: [Double],
      rate: [Double]
    ) {
      precondition(
        ([epoch.count, total.count, gradientNorm.count, rate.count] + losses.map(\.count))
          .allSatisfy { $0 == step.count }, "columns of different lengths")
      (self.step, self.epoch, self.losses) = (step, epoch, losses)
      (self.total, self.gradientNorm, self.rate) = (total, gradientNorm, rate)
    }

    public var last: Step? {
      guard let row = step.indices.last else { return nil }
      return Step(
        step: Int(step[row]), epoch: Int(epoch[row]), losses: losses.map { $0[row] },
        total: total[row], gradientNorm: gradientNorm[row], rate: rate[row])
    }

    /// - Precondition: it has as many losses as those before.
    public mutating func append(_ row: Step) {
      if step.isEmpty { losses = row.losses.map { _ in [] } }
      precondition(row.losses.count == losses.count, "\(row.losses.count) terms")
      step.append(Int64(row.step))
      epoch.append(Int64(row.epoch))
      for (k, loss) in row.losses.enumerated() { losses[k].append(loss) }
      total.append(row.total)
      gradientNorm.append(row.gradientNorm)
      rate.append(row.rate)
    }
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
