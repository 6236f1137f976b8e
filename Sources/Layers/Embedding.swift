import Autodiff
import Tensors

/// A table of vectors, one row for each id (Models/README.md 1.4).
public struct Embedding: Sendable {
  /// `[ids, width]`.
  public let table: Parameter

  /// Declares a table of `ids` rows.
  public init(
    _ name: String, ids: Int, width: Int, start: Initializer, in layout: inout ParameterLayout
  ) {
    table = layout.declare(name, rows: ids, columns: width, start)
  }

  /// Declares a table of a vocabulary's words and one more row, which starts as zeros: the decoder's input
  /// after NA at a copy step.
  public init(
    _ name: String, words: Int, width: Int, start: Initializer, in layout: inout ParameterLayout
  ) {
    table = layout.declare(
      name, rows: words + 1, columns: width, start, zeroRows: 1, isSparse: true)
  }

  /// The vectors of some ids, `[ids.count, width]`.
  ///
  /// - Parameter rows: the sentence of each id.
  public func callAsFunction(_ ids: [Int], rows: RowMap, on tape: Tape) -> Variable {
    tape.embedded(table, ids, rows: rows)
  }
}
