import Collectives

/// One sum to check; it determines the shards' values.
private struct Case {
  let shards: Int
  let count: Int
  /// Another turn has other values in the same buffers.
  let turn: Int

  var name: String { "\(shards) shards of \(count) values, turn \(turn)" }

  /// Whether the shard has no sentences and adds nothing.
  func isEmpty(_ shard: Int) -> Bool { turn == 1 && shard % 4 == 1 }

  /// A value of either sign and a magnitude from 2⁻¹² to 2¹², so that another order of additions
  /// gives other bits; some are zeros of either sign.
  func value(_ shard: Int, _ index: Int) -> Float {
    var bits = UInt64(truncatingIfNeeded: (turn * 64 + shard) &* 1_000_003 + index)
    for multiplier in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] as [UInt64] {
      bits = (bits ^ bits >> 31) &* multiplier
    }
    let sign: FloatingPointSign = bits >> 63 == 0 ? .plus : .minus
    if bits >> 58 & 15 == 0 { return sign == .plus ? 0 : -0.0 }
    let significand = 1 + Float(bits & 0x7F_FFFF) * 0x1p-23
    return Float(sign: sign, exponent: Int(bits >> 23 % 25) - 12, significand: significand)
  }

  func leaf(_ shard: Int) -> [Float] {
    var slab = [Float](repeating: 0, count: count)
    if !isEmpty(shard) { for i in slab.indices { slab[i] += value(shard, i) } }
    return slab
  }

  /// The definition: a node is the sum of its left and its right half.
  func reference(_ range: Range<Int>) -> [Float] {
    if range.count == 1 { return leaf(range.lowerBound) }
    let middle = (range.lowerBound + range.upperBound) / 2
    let right = reference(middle..<range.upperBound)
    return zip(reference(range.lowerBound..<middle), right).map { $0 + $1 }
  }

  /// The same numbers in the order in which a beginner adds them.
  var fromLeftToRight: [Float] {
    (1..<shards).reduce(leaf(0)) { sum, shard in zip(sum, leaf(shard)).map { $0 + $1 } }
  }
}

let reductionChecks = [1, 2, 4, 8, 16].map { shards in
  RankCheck(name: "sum over \(shards) shards has the bits of the recursive sum") { session in
    for count in [0, 1, 7, 1000, 300_003] { try check(shards: shards, count: count, on: session) }
  }
}

/// Slabs of one block keep their bits even where messages carry bfloat16.
private func check(shards: Int, count: Int, on session: borrowing Session) throws {
  let tree = SumTree(shards: shards)
  let sending = GradientReducer(
    count: count, tree: tree, rank: session.rank, ranks: session.size, largestNode: 1)
  let sharing = try GradientReducer(count: count, tree: tree, largestNode: 1, on: session)
  var reducers = [sending, sharing]
  if count <= GradientReducer.block {
    reducers.append(
      GradientReducer(
        count: count, tree: tree, rank: session.rank, ranks: session.size, mode: .bfloat16,
        largestNode: 1))
  }
  for reducer in reducers {
    try check(reducer, shards: shards, on: session)
  }
}

private func check(
  _ reducer: GradientReducer, shards: Int, on session: borrowing Session
) throws {
  let count = reducer.count
  for turn in 0..<(count > 1000 ? 1 : 3) {
    let example = Case(shards: shards, count: count, turn: turn)
    reducer.begin()
    for node in reducer.nodes {
      reducer.accumulate(node) { slab in
        for (i, value) in example.leaf(node.lowerBound).enumerated() { slab[i] = value }
      }
    }
    let total = try reducer.sum(on: session).map(\.bitPattern)
    // Rank 0 adds up for all; the others receive its bits.
    var expected = session.rank == 0 ? example.reference(0..<shards) : [Float](total.map { _ in 0 })
    try expected.withUnsafeMutableBufferPointer { try session.broadcast(floats: $0) }
    try expect(total.count, is: count, example.name)
    let wrong = (0..<count).filter { total[$0] != expected[$0].bitPattern }
    try expect(
      wrong.isEmpty,
      "\(example.name): \(wrong.count) values differ, the first is \(wrong.first ?? 0)")
    if session.rank == 0 && shards >= 4 && count == 1000 {
      try expect(
        expected.map(\.bitPattern) != example.fromLeftToRight.map(\.bitPattern),
        "\(example.name): every order gives these bits, the check sees nothing")
    }
  }
}
