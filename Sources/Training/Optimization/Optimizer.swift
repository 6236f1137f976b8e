import Autodiff
import Collectives
import Foundation
import Kernels
import Synchronization
import Tensors

/// Moves the parameters against their gradient, each rank its partitions of them
/// (Models/README.md 1.11).
public final class Optimizer {
  /// Update rule, coefficients and schedule.
  public let options: OptimizerOptions
  /// The moments of the optimiser, by their names in checkpoints. A rank keeps its partitions of them up to
  /// date.
  public let moments: [(name: String, replica: ReplicatedBuffer)]
  /// The running average of the parameters, whose partitions a rank keeps up to date as those of moments; `nil`
  /// where `average` is 0.
  public let average: ReplicatedBuffer?
  private let layout: ParameterLayout

  /// An optimiser whose moments and average lie in the memory of this rank alone.
  public convenience init(_ options: OptimizerOptions, layout: ParameterLayout) {
    self.init(options, layout: layout) { ReplicatedBuffer(count: $0) }
  }

  /// An optimiser whose moments and average lie in memory of the caller's choice.
  ///
  /// - Parameter zeros: makes a buffer of so many values, all 0.
  public init<Failure: Error>(
    _ options: OptimizerOptions, layout: ParameterLayout,
    zeros: (Int) throws(Failure) -> ReplicatedBuffer
  ) throws(Failure) {
    self.options = options
    self.layout = layout
    let names: [String] =
      switch options.kind {
      case .adam, .adamw: ["first", "second"]
      case .rmsprop: ["second"]
      case .sgd: []
      }
    moments = try names.map { (name) throws(Failure) in (name, try zeros(layout.count)) }
    average = options.average > 0 ? try zeros(layout.count) : nil
  }

  /// The numbers of an update that all parameters have in common.
  public struct Plan {
    /// The norm of the whole gradient, before clipping.
    let norm: Double
    /// The number of the update, from 1.
    let step: Int
    /// The learning rate that the schedule gives.
    let rate: Float

    /// The plan of update `step`, from 1, with the norm of the whole gradient and the schedule's rate.
    public init(norm: Double, step: Int, rate: Float) {
      (self.norm, self.step, self.rate) = (norm, step, rate)
    }
  }

  /// Starts a rank's partitions of the average at the first values of the parameters.
  public func startAverage(at parameters: Slab, partitions: [Range<Int>]) {
    guard let average else { return }
    for own in partitions {
      (average.values.start + own.lowerBound).update(
        from: parameters.start + own.lowerBound, count: own.count)
    }
  }

  /// Updates a rank's partitions of the parameters.
  ///
  /// - Returns: whether all of these parameters are finite.
  func update(
    _ parameters: Slab, gradient: [ReducedPartition], _ plan: Plan, on team: ThreadTeam
  ) -> Bool {
    var areFinite = true
    for partition in gradient {
      let isFinite = update(
        parameters, partition: partition.range, gradient: partition.sums, plan, on: team)
      areFinite = areFinite && isFinite
    }
    return areFinite
  }

  /// Updates one partition of the parameters.
  ///
  /// - Parameters:
  ///   - partition: its place in the slab.
  ///   - gradient: of the partition, from its first value on.
  /// - Returns: whether all parameters of the partition are finite.
  public func update(
    _ parameters: Slab, partition: Range<Int>, gradient: UnsafePointer<Float>, _ plan: Plan,
    on team: ThreadTeam
  ) -> Bool {
    let clip: Float =
      options.clip > 0 && plan.norm > Double(options.clip) ? options.clip / Float(plan.norm) : 1
    let runs = runs(of: partition)
    let failures = Atomic(0)
    team.forEach(runs.count) { _, item in
      let run = runs[item]
      let isFinite = update(
        run, parameters.buffer, gradient + (run.range.lowerBound - partition.lowerBound), plan, clip
      )
      if !isFinite { failures.add(1, ordering: .relaxed) }
      // The run's parameters are still in cache.
      if let average {
        let start = run.range.lowerBound
        follow(
          parameters.start + start, by: average.values.start + start, count: run.range.count,
          share: options.averageShare(step: plan.step))
      }
    }
    return failures.load(ordering: .relaxed) == 0
  }

  /// Values of one parameter, updated by one thread in one go.
  private typealias Run = (range: Range<Int>, decays: Bool)

  private func runs(of partition: Range<Int>) -> [Run] {
    layout.parameters.flatMap { parameter -> [Run] in
      let part = parameter.values.clamped(to: partition)
      return stride(from: part.lowerBound, to: part.upperBound, by: Self.runLength).map {
        ($0..<min($0 + Self.runLength, part.upperBound), parameter.decays)
      }
    }
  }
  private static let runLength = 1 << 16

  private func update(
    _ run: Run, _ parameters: UnsafeMutableBufferPointer<Float>, _ g: UnsafePointer<Float>,
    _ plan: Plan, _ clip: Float
  ) -> Bool {
    func start(_ values: UnsafeMutableBufferPointer<Float>) -> UnsafeMutablePointer<Float> {
      guard let base = values.baseAddress else { preconditionFailure("a model of no parameters") }
      return base + run.range.lowerBound
    }
    let (p, count) = (start(parameters), run.range.count)
    let moment = { (index: Int) in start(self.moments[index].replica.values.buffer) }
    let (rate, step) = (plan.rate, plan.step)
    switch options.kind {
    case .adam, .adamw:
      return adam(
        p, g, moment(0), moment(1), count: count, rate: rate, clip: clip,
        betas: (options.beta1, options.beta2), epsilon: options.epsilon,
        corrections: (correction(options.beta1, step), correction(options.beta2, step)),
        decay: options.kind == .adamw && run.decays ? options.weightDecay : 0)
    case .rmsprop:
      return rmsprop(
        p, g, moment(0), count: count, rate: rate, clip: clip, decay: options.rho,
        epsilon: options.epsilon)
    case .sgd:
      add(g, times: -rate * clip, to: p, count: count)
      return !hasNonFinite(p, count: count)
    }
  }

  /// `1 − βᵏ`.
  private func correction(_ beta: Float, _ step: Int) -> Float {
    Float(1 - pow(Double(beta), Double(step)))
  }
}

extension OptimizerOptions {
  /// The learning rate of an update: a linear warm-up, then the schedule.
  ///
  /// - Parameters:
  ///   - step: the number of the update, from 1.
  ///   - total: updates of the whole training.
  public func rate(step: Int, total: Int) -> Float {
    let warmup = warmup(of: total)
    if step <= warmup { return rate * Float(step) / Float(warmup) }
    let past = Double(step - warmup)
    let share = min(past / Double(max(total - warmup, 1)), 1)
    switch schedule {
    case .constant: return rate
    case .linear: return rate * max(floor, Float(1 - share))
    case .cosine: return rate * max(floor, Float((1 + cos(.pi * share)) / 2))
    case .inverseSqrt:
      return rate * Float((Double(max(warmup, 1)) / (Double(max(warmup, 1)) + past)).squareRoot())
    }
  }

  /// The updates of the warm-up in a training of `total` updates.
  private func warmup(of total: Int) -> Int {
    warmupShare > 0 ? Int((Double(warmupShare) * Double(total)).rounded()) : warmup
  }

  /// Whether the rate depends on the number of steps of the whole run.
  public var looksAhead: Bool { schedule.looksAhead || warmupShare > 0 }

  /// The share of the new parameters in their average after an update: `1 − min(average, (1 + t)/(10 + t))` at
  /// step t, from 1, so that the first values are soon forgotten.
  func averageShare(step: Int) -> Float {
    Float(1 - min(Double(average), Double(1 + step) / Double(10 + step)))
  }
}
