import Tensors

/// The distribution of a parameter's first values.
public enum Initializer: Sendable, Equatable {
  case zeros
  case ones
  /// Uniform in `center - bound..<center + bound`.
  case uniform(center: Float = 0, bound: Float)
  /// Normal with mean 0 and standard deviation `deviation`.
  case normal(deviation: Float)
}

/// One parameter of a model: its place in the slab of all parameters, and its treatment.
public struct Parameter: Sendable {
  /// The name in checkpoints, such as `encoder.forward.bias`; unique in its model.
  public let name: String
  /// The rows of its matrix; 1 for a vector.
  public let rows: Int
  /// The columns of its matrix; a vector's length.
  public let columns: Int
  /// The index of the first float in the slab.
  public let offset: Int
  /// The first values of all rows but ``zeroRows``.
  public let initializer: Initializer
  /// The rows that start as zeros.
  public let zeroRows: Range<Int>
  /// Whether a minibatch looks up few of the rows: the gradients of the others are zeros and need not be
  /// sent between ranks.
  public let isSparse: Bool
  /// Whether weight decay applies: true for weights and embeddings, false for biases
  /// (Models/README.md 1.11).
  public let decays: Bool
  /// The dimensions in checkpoints: `[rows, columns]`, or `[columns]` for a vector.
  public let shape: [Int]

  /// The number of floats.
  public var count: Int { rows * columns }
  /// The range of floats in the slab.
  public var values: Range<Int> { offset..<offset + count }
}

/// All parameters of a model, contiguous and in order of declaration.
public struct ParameterLayout: Sendable {
  /// The parameters by rising offset.
  public private(set) var parameters: [Parameter] = []
  /// The number of floats of all parameters.
  public private(set) var count = 0

  /// Makes a layout without parameters.
  public init() {}

  /// Declares a parameter of shape `[rows, columns]`, or a vector `[columns]` when `rows` is `nil`.
  ///
  /// - Parameters:
  ///   - zeroRows: the rows that start as zeros.
  ///   - isSparse: see ``Parameter/isSparse``.
  /// - Precondition: the name is new.
  public mutating func declare(
    _ name: String, rows: Int? = nil, columns: Int, _ initializer: Initializer,
    decays: Bool = true, zeroRows: Range<Int> = 0..<0, isSparse: Bool = false
  ) -> Parameter {
    precondition(parameters.allSatisfy { $0.name != name }, "two parameters named \(name)")
    let parameter = Parameter(
      name: name, rows: rows ?? 1, columns: columns, offset: count, initializer: initializer,
      zeroRows: zeroRows, isSparse: isSparse, decays: decays,
      shape: (rows.map { [$0] } ?? []) + [columns])
    parameters.append(parameter)
    count += parameter.count
    return parameter
  }
}

extension Slab {
  /// The values of `parameter` in the slab, `[rows, columns]`.
  public func callAsFunction(_ parameter: Parameter) -> Matrix {
    matrix(at: parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }
}
