import Autodiff
import Foundation
import Kernels
import Tensors

/// Moves the parameters against their gradient, the same way on every rank.
public final class Optimizer {
  public let options: OptimizerOptions
  /// The moments that the optimiser keeps, by the name that they have in checkpoints.
  public let moments: [(name: String, values: Slab)]
  private let layout: ParameterLayout

  public init(_ options: OptimizerOptions, layout: ParameterLayout) {
    self.options = options
    self.layout = layout
    let names: [String] =
      switch options.kind {
      case .adam, .adamw: ["first", "second"]
      case .rmsprop: ["second"]
      case .sgd: []
      }
    moments = names.map { ($0, Slab(count: layout.count)) }
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - gradient: of the whole minibatch, in the order of the layout.
  ///   - norm: of that gradient.
  ///   - step: counts from 1.
  ///   - rate: what the schedule says.
  public func update(
    _ parameters: Slab, gradient: UnsafePointer<Float>, norm: Double, step: Int, rate: Float
  ) {
    let clip: Float =
      options.clip > 0 && norm > Double(options.clip) ? options.clip / Float(norm) : 1
    for parameter in layout.parameters {
      update(
        parameter, parameters, gradient + parameter.offset, step: step, rate: rate, clip: clip)
    }
  }

  /// The norm of a gradient over all parameters together.
  public func norm(of gradient: UnsafePointer<Float>) -> Double {
    sumOfSquares(gradient, count: layout.count).squareRoot()
  }

  private func update(
    _ parameter: Parameter, _ parameters: Slab, _ g: UnsafePointer<Float>, step: Int, rate: Float,
    clip: Float
  ) {
    let p = parameters(parameter).pointer
    let moment = { (index: Int) in self.moments[index].values(parameter).pointer }
    switch options.kind {
    case .adam, .adamw:
      adam(
        p, g, moment(0), moment(1), count: parameter.count, rate: rate, clip: clip,
        betas: (options.beta1, options.beta2), epsilon: options.epsilon,
        corrections: (correction(options.beta1, step), correction(options.beta2, step)),
        decay: options.kind == .adamw && parameter.decays ? options.weightDecay : 0)
    case .rmsprop:
      rmsprop(
        p, g, moment(0), count: parameter.count, rate: rate, clip: clip, decay: options.rho,
        epsilon: options.epsilon)
    case .sgd: add(g, times: -rate * clip, to: p, count: parameter.count)
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
