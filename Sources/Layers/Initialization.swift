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
      switch parameter.initializer {
      case .zeros: matrix.fill(0)
      case .uniform(let bound): matrix.draw(parameter, bound: bound, seed: seed)
      case .table(let bound):
        matrix.draw(parameter, bound: bound, seed: seed)
        matrix.rows(matrix.rows - 1..<matrix.rows).fill(0)
      }
    }
  }
}

extension Matrix {
  fileprivate func draw(_ parameter: Parameter, bound: Float, seed: UInt64) {
    let draws = CounterRandom(seed: seed, purpose: "initialize \(parameter.name)")
    for i in 0..<parameter.count { pointer[i] = (2 * draws.uniform(i) - 1) * bound }
  }
}
