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
    private(set) var step = Column<Int64>()
    private(set) var epoch = Column<Int64>()
    /// One column for each term of the objective.
    private(set) var losses: [Column<Double>] = []
    private(set) var total = Column<Double>()
    private(set) var gradientNorm = Column<Double>()
    private(set) var rate = Column<Double>()

    public init() {}

    /// - Precondition: the columns have as many rows.
    init(
      step: [Int64], epoch: [Int64], losses: [[Double]], total: [Double], gradientNorm: [Double],
      rate: [Double]
    ) {
      precondition(
        ([epoch.count, total.count, gradientNorm.count, rate.count] + losses.map(\.count))
          .allSatisfy { $0 == step.count }, "columns of different lengths")
      (self.step, self.epoch) = (Column(step), Column(epoch))
      self.losses = losses.map { Column($0) }
      (self.total, self.gradientNorm) = (Column(total), Column(gradientNorm))
      self.rate = Column(rate)
    }

    public var last: Step? {
      guard let step = step.last, let epoch = epoch.last, let total = total.last,
        let norm = gradientNorm.last, let rate = rate.last
      else { return nil }
      return Step(
        step: Int(step), epoch: Int(epoch), losses: losses.compactMap(\.last), total: total,
        gradientNorm: norm, rate: rate)
    }

    /// - Precondition: it has as many losses as those before.
    public mutating func append(_ row: Step) {
      if step.last == nil { losses = row.losses.map { _ in Column() } }
      precondition(row.losses.count == losses.count, "\(row.losses.count) terms")
      step.append(Int64(row.step))
      epoch.append(Int64(row.epoch))
      for (k, loss) in row.losses.enumerated() { losses[k].append(loss) }
      total.append(row.total)
      gradientNorm.append(row.gradientNorm)
      rate.append(row.rate)
    }
  }

  /// Numbers in their order, in blocks: a snapshot has the full ones in common with the history that goes on,
  /// which takes no second copy of them while it is saved, and nothing is copied as they become more.
  struct Column<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    private static var block: Int { 512 }

    private var full: [[Value]] = []
    private var rest: [Value] = []

    init(_ values: [Value] = []) {
      for value in values { append(value) }
    }

    var values: [Value] { Array((full + [rest]).joined()) }
    var last: Value? { rest.last ?? full.last?.last }

    mutating func append(_ value: Value) {
      rest.append(value)
      guard rest.count == Self.block else { return }
      full.append(rest)
      rest = []
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
