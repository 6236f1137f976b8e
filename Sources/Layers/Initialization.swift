import Autodiff
import Randomness
import Tensors

extension Slab {
  /// Writes the first values of every parameter. A random value depends on the seed, the parameter's name
  /// and the element's index, not on the order of declaration.
  public func initialize(_ layout: ParameterLayout, seed: UInt64) {
    precondition(layout.count <= count, "\(layout.count) parameters in a slab of \(count)")
    for parameter in layout.parameters {
      let matrix = self(parameter)
      let random = CounterRandom(seed: seed, purpose: parameter.startPurpose)
      switch parameter.initializer {
      case .zeros: matrix.fill(0)
      case .ones: matrix.fill(1)
      case .uniform(let center, let bound):
        matrix.assign { center + (2 * random.uniform($0) - 1) * bound }
      case .normal(let deviation): matrix.assign { deviation * random.normal($0) }
      }
      matrix.rows(parameter.zeroRows).fill(0)
    }
  }
}

extension Parameter {
  /// The purpose that keys the random stream of the parameter's first values.
  public var startPurpose: String { "initialize \(name)" }
}

extension Matrix {
  /// Sets every element to a function of its index in row-major order.
  fileprivate func assign(_ value: (Int) -> Float) {
    for i in 0..<count { pointer[i] = value(i) }
  }
}
