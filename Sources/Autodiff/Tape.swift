import Kernels
import Tensors

/// A value on a tape, and the gradient of the loss with respect to it once something needs it.
public final class Variable {
  public let value: Matrix
  private let pool: MatrixPool
  private var stored: Matrix?

  init(_ value: Matrix, gradient: Matrix? = nil, pool: MatrixPool) {
    self.value = value
    stored = gradient
    self.pool = pool
  }

  /// The gradient, of the value's shape; zeros until an operation has added to it.
  public var gradient: Matrix {
    if let stored { return stored }
    let zeros = pool.zeros(value.rows, value.columns)
    stored = zeros
    return zeros
  }

  /// Whether any operation behind this value has asked for its gradient; where none has, the value
  /// cannot move the loss and its own operation has nothing to do.
  public var hasGradient: Bool { stored != nil }
}

/// Records operations going forward and runs their pullbacks going backward.
///
/// One tape serves one thread. Its matrices go back to the pool with ``reset()``, so a trainer keeps
/// one tape for all its steps.
public final class Tape {
  /// What becomes of operations once their values are there.
  public enum Mode {
    /// Pullbacks are kept, and gradients of parameters are added to the slab.
    case training(gradients: Slab)
    /// Nothing is kept.
    case inference
  }

  public let parameters: Slab
  public let pool = MatrixPool()
  public var mode: Mode
  private var pullbacks: [() -> Void] = []

  public init(parameters: Slab, mode: Mode = .inference) {
    self.parameters = parameters
    self.mode = mode
  }

  /// A parameter's values.
  public func values(_ parameter: Parameter) -> Matrix { parameters(parameter) }

  /// Makes a variable of a value that an operation has just computed.
  public func variable(_ value: Matrix, gradient: Matrix? = nil) -> Variable {
    Variable(value, gradient: gradient, pool: pool)
  }

  /// Keeps what an operation does on the way back. It gets the slab that parameters' gradients are
  /// added to.
  public func record(_ pullback: @escaping (Slab) -> Void) {
    guard case .training(let gradients) = mode else { return }
    pullbacks.append { pullback(gradients) }
  }

  /// Keeps a pullback that does nothing where `output` has no gradient.
  public func record(_ output: Variable, _ pullback: @escaping (Matrix, Slab) -> Void) {
    record { [output] gradients in
      if output.hasGradient { pullback(output.gradient, gradients) }
    }
  }

  /// Runs all pullbacks, the last operation's first, and forgets them.
  public func backward() {
    while let pullback = pullbacks.popLast() { pullback() }
  }

  /// Forgets what was recorded without running it.
  public func reset() { pullbacks.removeAll(keepingCapacity: true) }
}
