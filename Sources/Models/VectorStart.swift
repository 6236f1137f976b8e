import Autodiff

/// How a table of vectors starts where no file of vectors fills it (models.md D5).
public enum VectorStart: String, Codable, Sendable, CaseIterable {
  /// Normal with deviation 1, as the programs of CopyMTL do. Beside a file of vectors: with the mean and the
  /// deviation of its rows.
  case normal
  /// Uniform in ±0.25, as WordDec's program fills gaps beside a file of vectors.
  case uniform25
  /// Uniform in 0..<1, as CopyRE's program does.
  case unit

  /// The start of a parameter.
  public var initializer: Initializer {
    switch self {
    case .normal: .normal(deviation: 1)
    case .uniform25: .uniform(bound: 0.25)
    case .unit: .uniform(center: 0.5, bound: 0.5)
    }
  }
}
