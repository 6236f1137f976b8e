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
    /// Pullbacks are kept, and gradients of parameters are added to the slab; all sentences are one shard.
    case training(gradients: Slab)
    /// Pullbacks are kept, and ``collected()`` says what the gradients are made of, shard by shard.
    case collecting(ShardRows)
    /// Nothing is kept.
    case inference
  }

  public let parameters: Slab
  public let pool = MatrixPool()
  public var mode: Mode
  private let store: WeightStore?
  private var pullbacks: [(DeferredGradients) -> Void] = []

  /// A tape over parameters that may change between operations.
  public init(parameters: Slab, mode: Mode = .inference) {
    self.parameters = parameters
    self.mode = mode
    store = nil
  }

  /// A tape whose products read packed weights; who changes the parameters refreshes the store.
  public init(weights store: WeightStore) {
    parameters = store.parameters
    mode = .inference
    self.store = store
  }

  /// A parameter's values.
  public func values(_ parameter: Parameter) -> Matrix { parameters(parameter) }

  /// A parameter, or a part of it, as a weight.
  func weight(_ values: Matrix) -> Weight { store?.weight(values) ?? Weight(values) }

  /// Whether pullbacks are kept.
  var isTraining: Bool {
    if case .inference = mode { false } else { true }
  }

  /// What products multiply.
  var precision: Precision { store?.precision ?? .float32 }

  /// Makes a variable of a value that an operation has just computed.
  public func variable(_ value: Matrix, gradient: Matrix? = nil) -> Variable {
    Variable(value, gradient: gradient, pool: pool)
  }

  /// Keeps what an operation does on the way back. It gets the terms that parameters' gradients are made
  /// of.
  func record(_ pullback: @escaping (DeferredGradients) -> Void) {
    guard isTraining else { return }
    pullbacks.append(pullback)
  }

  /// Keeps a pullback that does nothing where `output` has no gradient.
  func record(_ output: Variable, _ pullback: @escaping (Matrix, DeferredGradients) -> Void) {
    record { [output] gradients in
      if output.hasGradient { pullback(output.gradient, gradients) }
    }
  }

  /// Runs all pullbacks, the last operation's first, and forgets them; adds the gradients of parameters
  /// to the slab where the mode says so.
  public func backward() {
    guard case .training(let gradients) = mode else { return }
    runPullbacks(DeferredGradients(rows: nil, precision: .float32, pool: pool)).add(to: gradients)
  }

  /// Runs all pullbacks likewise and returns what the gradients of parameters are made of.
  ///
  /// - Precondition: the mode is ``Mode/collecting(_:)``.
  public func collected() -> DeferredGradients {
    guard case .collecting(let rows) = mode else {
      preconditionFailure("gradients of a tape that does not collect them")
    }
    return runPullbacks(DeferredGradients(rows: rows, precision: precision, pool: pool))
  }

  private func runPullbacks(_ terms: DeferredGradients) -> DeferredGradients {
    while let pullback = pullbacks.popLast() { pullback(terms) }
    return terms
  }

  /// Forgets what was recorded without running it.
  public func reset() { pullbacks.removeAll(keepingCapacity: true) }
}
