/// Values of a slab that are cut among ranks together.
struct Bucket: Equatable {
  let values: Range<Int>
  /// Whether many of them are zeros, row by row.
  let isTable: Bool

  /// The regions of a slab, end to end: tables that are worth messages of their own, and what lies between.
  ///
  /// Each begins at a block, so that sums over blocks are the same whoever owns them.
  static func regions(of count: Int, tables: [Range<Int>], ranks: Int) -> [Bucket] {
    var regions: [Bucket] = []
    var end = 0
    func add(upTo bound: Int, isTable: Bool) {
      if bound > end { regions.append(Bucket(values: end..<bound, isTable: isTable)) }
      end = bound
    }
    for table in tables {
      let block = GradientReducer.block
      let first = (table.lowerBound + block - 1) / block * block
      let last = table.upperBound == count ? count : table.upperBound / block * block
      guard last - first >= leastPiece * ranks else { continue }
      add(upTo: first, isTable: false)
      add(upTo: last, isTable: true)
    }
    add(upTo: count, isTable: false)
    return regions
  }

  /// Values of a rank's piece from which on a table is worth a message more.
  static let leastPiece = 1 << 14
}
