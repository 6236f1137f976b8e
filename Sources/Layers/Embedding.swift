import Autodiff
import Tensors

/// A table of vectors, one row for each id.
public struct Embedding: Sendable {
  /// `[ids, width]`.
  public let table: Parameter

  public init(
    _ name: String, ids: Int, width: Int, start: Initializer, in layout: inout ParameterLayout
  ) {
    table = layout.declare(name, rows: ids, columns: width, start)
  }

  /// A table of the words of a vocabulary, and one row more, which starts as zeros: the word that a
  /// decoder is fed after it copied nothing.
  public init(
    _ name: String, words: Int, width: Int, start: Initializer, in layout: inout ParameterLayout
  ) {
    table = layout.declare(
      name, rows: words + 1, columns: width, start, zeroRows: 1, isSparse: true)
  }

  /// `[ids, width]` for a list of ids.
  ///
  /// - Parameter rows: the sentence of each id.
  public func callAsFunction(_ ids: [Int], rows: RowMap, on tape: Tape) -> Variable {
    tape.embedded(table, ids, rows: rows)
  }
}
