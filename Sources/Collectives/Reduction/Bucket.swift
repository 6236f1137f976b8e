/// Values of a slab that are cut among ranks and sent together.
struct Bucket: Equatable {
  let values: Range<Int>
  /// Whether most rows are zeros, as in the gradient of a table of which a minibatch looks up a few
  /// rows.
  let isTable: Bool

  /// Cuts a slab into buckets, end to end: large tables by themselves, and what lies between them.
  ///
  /// Each bucket begins at a block, so that sums over blocks have the same bits whichever rank owns
  /// them.
  static func buckets(of count: Int, tables: [Range<Int>], ranks: Int) -> [Bucket] {
    var buckets: [Bucket] = []
    var end = 0
    func add(upTo bound: Int, isTable: Bool) {
      if bound > end { buckets.append(Bucket(values: end..<bound, isTable: isTable)) }
      end = bound
    }
    for table in tables {
      let block = GradientReducer.block
      let first = (table.lowerBound + block - 1) / block * block
      let last = table.upperBound == count ? count : table.upperBound / block * block
      guard last - first >= leastPartition * ranks else { continue }
      add(upTo: first, isTable: false)
      add(upTo: last, isTable: true)
    }
    add(upTo: count, isTable: false)
    return buckets
  }

  /// The smallest partition of a table, in values, that is worth a message of its own.
  static let leastPartition = 1 << 14
}
