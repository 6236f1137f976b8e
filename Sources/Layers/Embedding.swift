import Autodiff
import Tensors

/// A table of vectors, one row for each id (Models/README.md 1.4).
public struct Embedding: Sendable {
  /// `[ids, width]`.
  public let table: Parameter
  /// The id that stands for none, if there is one: its vector is zeros and is not learnt.
  public let blank: Int?

  /// Declares a table of `ids` rows.
  public init(
    _ name: String, ids: Int, width: Int, start: Initializer, isSparse: Bool = false,
    in layout: inout ParameterLayout
  ) {
    table = layout.declare(name, rows: ids, columns: width, start, isSparse: isSparse)
    blank = nil
  }

  /// Declares a table of `names` rows for ids from 1, below row 0 for none, which is zeros and stays so.
  public init(
    _ name: String, names: Int, width: Int, start: Initializer, in layout: inout ParameterLayout
  ) {
    table = layout.declare(name, rows: 1 + names, columns: width, start, zeroRows: 0..<1)
    blank = 0
  }

  /// Declares a table of a vocabulary's words and one more row, which starts as zeros: the decoder's input
  /// after NA at a copy step.
  public init(
    _ name: String, words: Int, width: Int, start: Initializer, in layout: inout ParameterLayout
  ) {
    table = layout.declare(
      name, rows: words + 1, columns: width, start, zeroRows: words..<words + 1, isSparse: true)
    blank = nil
  }

  /// The vectors of some ids, `[ids.count, width]`.
  ///
  /// - Parameter rows: the sentence of each id.
  public func callAsFunction(_ ids: [Int], rows: RowMap, on tape: Tape) -> Variable {
    tape.embedded(table, ids, rows: rows, blank: blank)
  }
}
