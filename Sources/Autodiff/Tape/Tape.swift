import Kernels
import Tensors

/// Records operations going forward and runs their pullbacks going backward.
///
/// One tape serves one thread. Its matrices go back to the pool with ``reset()``, so a trainer keeps
/// one tape for all its steps.
public final class Tape {
  /// What becomes of operations once their values are there.
  public enum Mode {
    /// Pullbacks are kept, and ``collected()`` returns what the gradients are made of, shard by shard.
    ///
    /// - Parameters:
    ///   - shards: the shard of each sentence of the batch, in `0..<count`; `nil` where there is one.
    case collecting(shards: [Int]?, count: Int)
    /// Nothing is kept.
    case inference

    /// Collects the gradients of a batch that is one shard.
    public static var oneShard: Mode { .collecting(shards: nil, count: 1) }
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

  /// A parameter, or a part of it, as products read it.
  package func weight(_ values: Matrix) -> Weight { store?.weight(values) ?? Weight(values) }

  /// Whether pullbacks are kept.
  package var isTraining: Bool {
    if case .inference = mode { false } else { true }
  }

  /// What multiplies, and which numbers.
  package var products: Products { store?.products ?? Products(.openblas) }

  /// Makes a variable of a value that an operation has just computed.
  ///
  /// - Parameters:
  ///   - rows: the sentence of each row of `value`.
  ///   - gradient: zeros to add the gradient to; made when first needed where `nil`.
  public func variable(_ value: Matrix, rows: RowMap, gradient: Matrix? = nil) -> Variable {
    Variable(value, rows: rows, gradient: gradient, pool: pool)
  }

  /// Keeps what an operation does on the way back; it adds its terms to the gradients of parameters.
  package func record(_ pullback: @escaping (DeferredGradients) -> Void) {
    guard isTraining else { return }
    pullbacks.append(pullback)
  }

  /// Keeps a pullback that does nothing where `output` has no gradient.
  package func record(_ output: Variable, _ pullback: @escaping (Matrix, DeferredGradients) -> Void)
  {
    record { [output] gradients in
      if output.hasGradient { pullback(output.gradient, gradients) }
    }
  }

  /// Runs all pullbacks, the last operation's first, forgets them, and returns what the gradients of
  /// parameters are made of.
  ///
  /// - Precondition: the mode is ``Mode/collecting(shards:count:)``.
  public func collected() -> DeferredGradients {
    guard case .collecting(let shards, let count) = mode else {
      preconditionFailure("gradients of a tape that does not collect them")
    }
    let gradients = DeferredGradients(
      shards: shards, count: count, products: products, pool: pool)
    while let pullback = pullbacks.popLast() { pullback(gradients) }
    return gradients
  }

  /// Forgets what was recorded without running it.
  public func reset() { pullbacks.removeAll(keepingCapacity: true) }
}
