import Autodiff
import Randomness
import Tensors

extension Slab {
  /// Gives every parameter its first values: a draw depends on the seed, the parameter's name and the
  /// element's index, not on the order of declaration.
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
      matrix.rows(matrix.rows - parameter.zeroRows..<matrix.rows).fill(0)
    }
  }
}

extension Parameter {
  /// The purpose of the random numbers that it starts from.
  public var startPurpose: String { "initialize \(name)" }
}

extension Matrix {
  /// Writes every element, a function of its index, row by row.
  fileprivate func assign(_ value: (Int) -> Float) {
    for i in 0..<count { pointer[i] = value(i) }
  }
}
