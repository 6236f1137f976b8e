import Kernels
import Tensors

/// Records the pullback of each operation in the forward pass and runs the pullbacks in the backward
/// pass.
///
/// One tape serves one thread. ``collected()`` and ``reset()`` return matrices to the pool, so a trainer
/// keeps one tape for all steps.
public final class Tape {
  /// Whether the tape records pullbacks.
  public enum Mode {
    /// Records pullbacks; ``collected()`` returns the terms of the gradients of each shard.
    ///
    /// - Parameters:
    ///   - shards: the shard of each sentence of the batch, in `0..<count`; `nil` for one shard.
    ///   - count: the number of shards.
    case collecting(shards: [Int]?, count: Int)
    /// Records nothing.
    case inference

    /// Collects the gradients of a batch of one shard.
    public static var oneShard: Mode { .collecting(shards: nil, count: 1) }
  }

  /// The values of all parameters, laid out by a ``ParameterLayout``.
  public let parameters: Slab
  /// The memory of all values and gradients on the tape.
  public let pool = MatrixPool()
  /// Whether operations record pullbacks; change it between passes only.
  public var mode: Mode
  /// Whether a part of the forward pass runs that the backward pass runs again (``recomputed(_:)``).
  private var isPassing = false
  private let store: WeightStore?
  private var pullbacks: [(DeferredGradients) -> Void] = []

  /// Makes a tape that reads parameters directly; they may change between operations.
  public init(parameters: Slab, mode: Mode = .inference) {
    self.parameters = parameters
    self.mode = mode
    store = nil
  }

  /// Makes a tape that reads packed weights; the caller refreshes the store after each change of the
  /// parameters.
  public init(weights store: WeightStore) {
    parameters = store.parameters
    mode = .inference
    self.store = store
  }

  /// A parameter's values, `[rows, columns]`, as they are in the slab.
  public func values(_ parameter: Parameter) -> Matrix { parameters(parameter) }

  /// A parameter, or a part of it, in the form that products read.
  package func weight(_ values: Matrix) -> Weight { store?.weight(values) ?? Weight(values) }

  /// Whether the tape records pullbacks.
  package var isTraining: Bool {
    if case .inference = mode { false } else { !isPassing }
  }

  /// The shard of a sentence of the batch, 0 in inference. A value that several sentences share must belong to one
  /// shard, whose gradient it carries.
  package func shard(ofSentence sentence: Int) -> Int {
    guard case .collecting(let shards, _) = mode else { return 0 }
    return shards?[sentence] ?? 0
  }

  /// The library and precision of all products on this tape.
  package var products: Products { store?.products ?? Products(.openblas) }

  /// Makes a variable of an operation's result.
  ///
  /// - Parameters:
  ///   - rows: the sentence of each row of `value`.
  ///   - gradient: a zero matrix to accumulate the gradient in; allocated at first use when `nil`.
  public func variable(_ value: Matrix, rows: RowMap, gradient: Matrix? = nil) -> Variable {
    Variable(value, rows: rows, gradient: gradient, pool: pool)
  }

  /// Records an operation's pullback; the pullback adds terms to the parameter gradients.
  package func record(_ pullback: @escaping (DeferredGradients) -> Void) {
    guard isTraining else { return }
    pullbacks.append(pullback)
  }

  /// Records a pullback to run only if `output` has a gradient.
  package func record(_ output: Variable, _ pullback: @escaping (Matrix, DeferredGradients) -> Void)
  {
    record { [output] gradients in
      if output.hasGradient { pullback(output.gradient, gradients) }
    }
  }

  /// Runs a part of the forward pass without keeping what the backward pass needs, and runs it again there: memory for
  /// time. The gradients of small parameters are summed before that.
  ///
  /// - Parameter part: operations that give the same values each time: their random numbers come from named streams.
  /// - Returns: what `part` returns; only these values are kept.
  package func recomputed(_ part: @escaping () -> [Variable]) -> [Variable] {
    guard isTraining else { return part() }
    isPassing = true
    let outputs = part().map { variable($0.value, rows: $0.rows) }
    isPassing = false
    record { gradients in
      guard outputs.contains(where: \.hasGradient) else { return }
      gradients.settle()
      for (output, again) in zip(outputs, part()) where output.hasGradient {
        add(output.gradient.pointer, to: again.gradient.pointer, count: output.gradient.count)
      }
    }
    return outputs
  }

  /// Runs all pullbacks in reverse order, discards them, and returns the terms of the parameter
  /// gradients.
  ///
  /// - Parameter earlier: the terms of other sentences of the same single shard, to add to.
  /// - Precondition: the mode is ``Mode/collecting(shards:count:)``.
  public func collected(addingTo earlier: DeferredGradients? = nil) -> DeferredGradients {
    guard case .collecting(let shards, let count) = mode else {
      preconditionFailure("gradients of a tape that does not collect them")
    }
    precondition(earlier == nil || shards == nil && count == 1, "terms of several shards")
    let gradients =
      earlier ?? DeferredGradients(shards: shards, count: count, products: products, pool: pool)
    while let pullback = pullbacks.popLast() { pullback(gradients) }
    gradients.settle()
    return gradients
  }

  /// Discards all pullbacks without running them.
  public func reset() { pullbacks.removeAll(keepingCapacity: true) }
}
