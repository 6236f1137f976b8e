import Tensors

/// How a parameter starts.
public enum Initializer: Sendable, Equatable {
  case zeros
  case ones
  /// Uniform in `center - bound..<center + bound`.
  case uniform(center: Float = 0, bound: Float)
  /// Normal with mean 0.
  case normal(deviation: Float)
}

/// The place of one parameter in the slab of all.
public struct Parameter: Sendable {
  /// Its name in checkpoints.
  public let name: String
  public let rows: Int
  public let columns: Int
  /// Floats before it in the slab.
  public let offset: Int
  public let initializer: Initializer
  /// Rows at the end that start as zeros, whatever the initializer says of the others.
  public let zeroRows: Int
  /// Whether few of its rows are looked up in a minibatch, and the gradient of the others is zeros: such rows
  /// need not travel between ranks.
  public let isSparse: Bool
  /// Whether weight decay applies: to weights and embeddings, not to biases (models.md 1.11).
  public let decays: Bool
  /// Its axes in checkpoints: a vector has one.
  public let shape: [Int]

  public var count: Int { rows * columns }
  /// Floats of the slab that are its own.
  public var values: Range<Int> { offset..<offset + count }
}

/// All parameters of a model end to end, in the order in which its layers declared them.
public struct ParameterLayout: Sendable {
  public private(set) var parameters: [Parameter] = []
  /// Floats of all parameters.
  public private(set) var count = 0

  public init() {}

  /// Declares a parameter of shape `[rows, columns]`, or a vector, `[columns]`, which is one row.
  ///
  /// - Parameters:
  ///   - zeroRows: rows at the end that start as zeros.
  ///   - isSparse: see ``Parameter/isSparse``.
  /// - Precondition: the name is new.
  public mutating func declare(
    _ name: String, rows: Int? = nil, columns: Int, _ initializer: Initializer,
    decays: Bool = true, zeroRows: Int = 0, isSparse: Bool = false
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
  /// The part of the slab that belongs to `parameter`, `[rows, columns]`.
  public func callAsFunction(_ parameter: Parameter) -> Matrix {
    matrix(at: parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }
}
