import Tensors

/// How a parameter starts.
public enum Initializer: Sendable, Equatable {
  case zeros
  /// Uniform in `-bound..<bound`.
  case uniform(bound: Float)
  /// A table of vectors, uniform in `-bound..<bound`, its last row zeros: the word that follows NA.
  case table(bound: Float)
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
  /// Whether weight decay applies: to weights and embeddings, not to biases (models.md 1.11).
  public let decays: Bool
  /// Its axes in checkpoints: a vector has one.
  public let shape: [Int]

  public var count: Int { rows * columns }
  /// Floats of the slab that are its own.
  public var values: Range<Int> { offset..<offset + count }
  /// Whether its rows are looked up, few of them in a minibatch: the others' gradient is zeros.
  public var isTable: Bool { if case .table = initializer { true } else { false } }
}

/// All parameters of a model end to end, in the order in which its layers declared them.
public struct ParameterLayout: Sendable {
  public private(set) var parameters: [Parameter] = []
  /// Floats of all parameters.
  public private(set) var count = 0

  public init() {}

  /// Declares a parameter of shape `[rows, columns]`, or a vector, `[columns]`, which is one row.
  ///
  /// - Precondition: the name is new.
  public mutating func declare(
    _ name: String, rows: Int? = nil, columns: Int, _ initializer: Initializer, decays: Bool = true
  ) -> Parameter {
    precondition(parameters.allSatisfy { $0.name != name }, "two parameters named \(name)")
    let parameter = Parameter(
      name: name, rows: rows ?? 1, columns: columns, offset: count, initializer: initializer,
      decays: decays, shape: (rows.map { [$0] } ?? []) + [columns])
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
