import Autodiff

/// The distribution of a vector table's first values outside a file of vectors
/// (Models/README.md D5).
public enum VectorStart: String, Codable, Sendable, CaseIterable {
  /// Normal with deviation 1, as in CopyMTL's program. Beside a file of vectors: with the mean and the
  /// deviation of each of the file's columns.
  case normal
  /// Uniform in ±0.25: WordDec's program, for words outside its file of vectors.
  case uniform25
  /// Uniform in 0..<1, as in CopyRE's program.
  case unit

  /// The same distribution for a parameter without a file of vectors.
  public var initializer: Initializer {
    switch self {
    case .normal: .normal(deviation: 1)
    case .uniform25: .uniform(bound: 0.25)
    case .unit: .uniform(center: 0.5, bound: 0.5)
    }
  }
}
