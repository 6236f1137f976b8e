/// The updates and evaluations of a run so far. Checkpoints hold the history, so nothing in it depends on time
/// or machine.
public struct History: Codable, Sendable, Equatable {
  /// One update.
  public struct Step: Sendable, Equatable {
    /// Counts from 1.
    public var step: Int
    /// Counts from 0.
    public var epoch: Int
    /// The mean of each term of the objective over the minibatch; NaN where an earlier version did not write the term.
    public var losses: [Double]
    /// The sum of the losses, each times its weight.
    public var total: Double
    /// Norm of the gradient before clipping.
    public var gradientNorm: Double
    /// The learning rate that the schedule gave.
    public var rate: Double
  }

  /// One evaluation on the development split.
  public struct Evaluation: Codable, Sendable, Equatable {
    /// Updates before the evaluation.
    public var step: Int
    /// The epoch that has ended; counts from 0.
    public var epoch: Int
    /// The share of predicted triples that are gold, from 0 to 1.
    public var precision: Double
    /// The share of gold triples that are predicted, from 0 to 1.
    public var recall: Double
    /// The harmonic mean of precision and recall.
    public var f1: Double
  }

  /// All updates, in their order; skipped steps are not among them.
  public var steps = Steps()
  /// All evaluations, in their order.
  public var evaluations: [Evaluation] = []

  /// The best evaluation; the earliest of equal ones.
  public var best: Evaluation? {
    evaluations.reduce(nil) { best, next in next.f1 > best?.f1 ?? -1 ? next : best }
  }

  /// Whether no evaluation has found a triple yet. Such evaluations do not count against
  /// `evaluation.patience`: a model may need many epochs until its first hit.
  var awaitsFirstHit: Bool { (best?.f1 ?? 0) == 0 }

  /// Evaluations since the best one, from the first that has found a triple on.
  public var evaluationsWithoutImprovement: Int {
    guard let best, !awaitsFirstHit else { return 0 }
    return evaluations.filter { $0.step > best.step }.count
  }

  /// Whether a run that has this history may have gone on to have the other one.
  func isStart(of other: History) -> Bool {
    other.evaluations.starts(with: evaluations) && steps.isStart(of: other.steps)
  }
}

extension History {
  /// Updates in their order, column by column as in checkpoints, so that an update takes no more memory than
  /// its numbers.
  public struct Steps: Codable, Sendable, Equatable {
    private(set) var step = Column<Int64>()
    private(set) var epoch = Column<Int64>()
    /// One column for each term of the objective.
    private(set) var losses: [Column<Double>] = []
    private(set) var total = Column<Double>()
    private(set) var gradientNorm = Column<Double>()
    private(set) var rate = Column<Double>()

    /// No updates.
    public init() {}

    /// - Precondition: all columns have the same number of rows.
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

    /// The latest update.
    public var last: Step? {
      guard let step = step.last, let epoch = epoch.last, let total = total.last,
        let norm = gradientNorm.last, let rate = rate.last
      else { return nil }
      return Step(
        step: Int(step), epoch: Int(epoch), losses: losses.compactMap(\.last), total: total,
        gradientNorm: norm, rate: rate)
    }

    /// Whether all columns begin as these do.
    func isStart(of other: Steps) -> Bool {
      step.isStart(of: other.step) && total.isStart(of: other.total)
        && gradientNorm.isStart(of: other.gradientNorm)
    }

    /// Adds an update.
    ///
    /// - Precondition: it has as many losses as the updates before.
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

  /// Numbers in their order, in blocks. A snapshot shares the full blocks with the history that goes on, so
  /// that a save copies one block at most and a column grows without copies.
  struct Column<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    private static var block: Int { 512 }

    private var full: [[Value]] = []
    private var rest: [Value] = []

    init(_ values: [Value] = []) {
      for value in values { append(value) }
    }

    var values: [Value] { Array((full + [rest]).joined()) }
    var last: Value? { rest.last ?? full.last?.last }

    func isStart(of other: Column) -> Bool { other.values.starts(with: values) }

    mutating func append(_ value: Value) {
      rest.append(value)
      guard rest.count == Self.block else { return }
      full.append(rest)
      rest = []
    }
  }
}

/// The place of a run in its training, with its history.
public struct Progress: Codable, Sendable, Equatable {
  /// Updates so far, with skipped ones.
  public var step = 0
  /// The epoch that the next update belongs to, from 0.
  public var epoch = 0
  /// Updates of that epoch that are done.
  public var batch = 0
  /// Updates and evaluations so far.
  public var history = History()
  /// The extensions beyond the epochs of the options, in their order.
  public var extensions: [Extension] = []

  /// The progress of a run that has not begun.
  public init() {}
}
