/// The positions of a sentence that each of its positions attends to: always those before some bound.
public enum AttentionMask: Hashable, Sendable {
  /// Every position sees every other.
  case full
  /// Every position sees the first ones, of this number; a later one also those from there to itself (Dong et al.,
  /// *Unified language model pre-training*, NeurIPS 2019: source, then target).
  case prefix(Int)

  /// The number of positions that one sees, from the first on.
  ///
  /// - Parameter length: the positions of the sentence.
  public func visible(_ position: Int, of length: Int) -> Int {
    switch self {
    case .full: length
    case .prefix(let source): max(source, position + 1)
    }
  }

  /// The number of pairs of a position and one that it sees.
  public func cells(length: Int) -> Int {
    (0..<length).reduce(0) { $0 + visible($1, of: length) }
  }

  /// Runs of rows that are computed together, with the columns that the last of them sees: where rows see more from
  /// row to row, a run is short.
  ///
  /// - Parameter rows: positions, which attend to `length` positions.
  func blocks(_ rows: Range<Int>, of length: Int) -> [(rows: Range<Int>, columns: Int)] {
    guard case .prefix(let source) = self else {
      return Self.blocks(rows, most: 128) { _ in length }
    }
    let last = min(max(source, rows.lowerBound), rows.upperBound)
    return Self.blocks(rows.lowerBound..<last, most: 128) { _ in source }
      + Self.blocks(last..<rows.upperBound, most: 48) { $0 }
  }

  /// - Parameter columns: those of a block that ends before a row.
  private static func blocks(
    _ rows: Range<Int>, most: Int, _ columns: (Int) -> Int
  ) -> [(rows: Range<Int>, columns: Int)] {
    let count = (rows.count + most - 1) / most
    return (0..<count).map {
      let first = rows.lowerBound + $0 * rows.count / count
      let end = rows.lowerBound + ($0 + 1) * rows.count / count
      return (first..<end, columns(end))
    }
  }
}
