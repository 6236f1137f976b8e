/// The order of summation over a matrix's rows in parameter gradients: shard by shard, and within a
/// shard as if the shard ran alone.
struct RowOrder: Sendable, Equatable {
  /// The row at each place; `nil` for the identity.
  let rows: [Int]?
  /// The place of each row; `nil` for the identity.
  private let placesOfRows: [Int]?
  /// The places of each shard's rows.
  let places: [Range<Int>]
  /// The places of each shard's rows with a previous state; they follow the shard's other rows.
  let continued: [Range<Int>]

  /// - Parameters:
  ///   - shards: the shard of each row, in `0..<count`.
  ///   - starting: the rows without a previous state.
  init(shards: [Int], count: Int, starting: [Int] = []) {
    var groups = shards.map { 2 * $0 + 1 }
    for row in starting { groups[row] -= 1 }
    var sizes = [Int](repeating: 0, count: 2 * count)
    for group in groups { sizes[group] += 1 }
    let bounds = sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var next = bounds
    let placesOfRows = groups.map { group in
      next[group] += 1
      return next[group] - 1
    }
    let isOrdered = placesOfRows.elementsEqual(placesOfRows.indices)
    self.placesOfRows = isOrdered ? nil : placesOfRows
    rows = isOrdered ? nil : Self.inverse(placesOfRows)
    places = (0..<count).map { bounds[2 * $0]..<bounds[2 * $0 + 2] }
    continued = (0..<count).map { bounds[2 * $0 + 1]..<bounds[2 * $0 + 2] }
  }

  private static func inverse(_ permutation: [Int]) -> [Int] {
    var inverse = permutation
    for (from, to) in permutation.enumerated() { inverse[to] = from }
    return inverse
  }

  /// Number of rows.
  var count: Int { places.last?.upperBound ?? 0 }

  /// The place of a row.
  func place(of row: Int) -> Int { placesOfRows?[row] ?? row }
}
