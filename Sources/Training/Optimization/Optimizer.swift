import Autodiff
import Collectives
import Foundation
import Kernels
import Synchronization
import Tensors

/// Moves the parameters against their gradient, the same way on every rank.
public final class Optimizer {
  public let options: OptimizerOptions
  /// The optimiser's moments, by their names in checkpoints. A rank updates its partition of them.
  public let moments: [(name: String, replica: ReplicatedBuffer)]
  private let layout: ParameterLayout

  /// An optimiser whose moments are this rank's alone.
  public convenience init(_ options: OptimizerOptions, layout: ParameterLayout) {
    self.init(options, layout: layout) { ReplicatedBuffer(count: $0) }
  }

  /// - Parameter zeros: makes room for a moment of so many values.
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
  }

  /// What an update does with a gradient.
  public struct Plan {
    /// Of the whole gradient.
    let norm: Double
    /// Counts from 1.
    let step: Int
    /// What the schedule says.
    let rate: Float

    public init(norm: Double, step: Int, rate: Float) {
      (self.norm, self.step, self.rate) = (norm, step, rate)
    }
  }

  /// One update of a rank's partitions of the parameters.
  ///
  /// - Returns: whether all parameters of these partitions are finite.
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

  /// One update of a partition of the parameters.
  ///
  /// - Parameters:
  ///   - partition: its place in the slab.
  ///   - gradient: `partition.count` values.
  /// - Returns: whether all of its parameters are finite.
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
    }
    return failures.load(ordering: .relaxed) == 0
  }

  /// Values that are updated in one go, with what they have in common.
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
  /// The learning rate of a step.
  ///
  /// - Parameters:
  ///   - step: counts from 1.
  ///   - total: the steps of the whole training.
  public func rate(step: Int, total: Int) -> Float {
    if step <= warmup { return rate * Float(step) / Float(warmup) }
    let past = Double(step - warmup)
    let share = min(past / Double(max(total - warmup, 1)), 1)
    switch schedule {
    case .constant: return rate
    case .linear: return rate * Float(1 - share)
    case .cosine: return rate * Float((1 + cos(.pi * share)) / 2)
    case .inverseSqrt:
      return rate * Float((Double(max(warmup, 1)) / (Double(max(warmup, 1)) + past)).squareRoot())
    }
  }
}
