import Collectives
import Tensors

/// A slab to sum.
private struct Example {
  let count: Int
  let tables: [Range<Int>]

  init(_ count: Int, tables: [Range<Int>] = []) {
    (self.count, self.tables) = (count, tables)
  }

  /// Small integers, whose sums are exact in any order, and in bfloat16; most rows of a table are
  /// zeros.
  func integer(_ shard: Int, _ index: Int) -> Float {
    let isLookedUp = (index / 100 + shard) % 9 == 0
    guard isLookedUp || !tables.contains(where: { $0.contains(index) }) else { return 0 }
    return Float((shard * 31 + index * 7) % 61 - 30)
  }

  func sum(_ shards: Range<Int>, _ index: Int) -> Float {
    shards.reduce(0) { $0 + integer($1, index) }
  }

  func expected(_ shards: Range<Int>) -> [Float] { (0..<count).map { sum(shards, $0) } }
}

/// The nearest number with a significand of eight bits, the even one of two.
private func roundedToEightBits(_ value: Float) -> Float {
  guard value != 0 else { return 0 }
  let step = Float(sign: .plus, exponent: Int(value.exponent) - 7, significand: 1)
  return (value / step).rounded(.toNearestOrEven) * step
}

private let shards = 8
/// Tables that up to eleven ranks cut by themselves: at the beginning, in the middle, and at the
/// end after one that is too small.
private let examplesWithTables = [
  Example(200_005, tables: [0..<199_000]), Example(210_005, tables: [5000..<209_000]),
  Example(215_000, tables: [0..<17_000, 17_000..<215_000]),
]
/// The last without a table is large enough for shared memory.
private let examples =
  [0, 1, 7, GradientReducer.block, 3 * GradientReducer.block + 5, (1 << 18) + 5].map { Example($0) }
  + examplesWithTables

/// A reducer to which this rank's nodes, sums of integers, have been added.
private func accumulated(
  _ example: Example, _ mode: ReductionMode, on session: borrowing Session
) throws -> GradientReducer {
  let reducer = try GradientReducer(
    count: example.count, tables: example.tables, tree: SumTree(shards: shards), mode: mode,
    largestNode: 2, on: session)
  reducer.begin()
  for node in reducer.nodes {
    reducer.accumulate(node) { slab in
      for i in slab.indices { slab[i] = example.sum(node, i) }
    }
  }
  return reducer
}

/// Places the rank's partitions of the sums among `count` values; the others are `none`.
private func placed(_ partitions: [ReducedPartition], count: Int) -> [Float] {
  var values = [Float](repeating: none, count: count)
  for partition in partitions {
    let sums = UnsafeMutableBufferPointer(start: partition.sums, count: partition.range.count)
    values.replaceSubrange(partition.range, with: sums)
  }
  return values
}

/// A number that no sum is.
private let none: Float = 0.5

private func checkSending(
  _ example: Example, shards: Int, on session: borrowing Session
) throws {
  let reducer = GradientReducer(
    count: example.count, tables: example.tables, tree: SumTree(shards: shards),
    rank: session.rank, ranks: session.size)
  let isCut = (2...11).contains(session.size) && !example.tables.isEmpty
  try expect(reducer.path.contains("tables"), is: isCut, "tables are cut by themselves")
  for turn in 0..<3 {
    reducer.begin()
    for node in reducer.nodes {
      let shards = node.lowerBound + turn..<node.upperBound + turn
      reducer.accumulate(node) { slab, progress in
        // Parts across the bounds of partitions, each marked as final once it is written.
        let parts = stride(from: 0, to: example.count, by: 1000).map {
          $0..<min($0 + 1000, example.count)
        }
        // Once in the opposite order.
        let order = turn == 1 ? reducer.order.reversed() : reducer.order
        for values in order {
          for part in parts where values.contains(part.lowerBound) {
            for i in part { slab[i] = example.sum(shards, i) }
            progress.finished(part)
            progress.advance()
          }
        }
      }
    }
    let total = Array(try reducer.sum(on: session))
    let expected = example.expected(turn..<shards + turn)
    try expect(total == expected, "\(shards) shards, turn \(turn)")
  }
}

/// The sums where every rank has one node of the tree.
private func checkRounding(_ example: Example, on session: borrowing Session) throws {
  func reducer(_ rank: Int) -> GradientReducer {
    GradientReducer(
      count: example.count, tables: example.tables, tree: SumTree(shards: shards), rank: rank,
      ranks: session.size, mode: .bfloat16)
  }
  let own = reducer(session.rank)
  own.begin()
  for node in own.nodes {
    own.accumulate(node) { slab in
      for i in slab.indices { slab[i] = 9 * example.sum(node, i) }
    }
  }
  let total = Array(try own.sum(on: session))
  let nodes = (0..<session.size).map {
    $0 * shards / session.size..<($0 + 1) * shards / session.size
  }
  for owner in 0..<session.size {
    for i in reducer(owner).partitions.joined() {
      let expected = nodes.enumerated().reduce(Float(0)) { sum, node in
        let value = 9 * example.sum(node.element, i)
        return sum + (node.offset == owner ? value : roundedToEightBits(value))
      }
      try expect(total[i], is: expected, "value \(i)")
    }
  }
}

private func checkChanges(
  _ example: Example, _ mode: ReductionMode, on session: borrowing Session
) throws {
  let reducer = GradientReducer(
    count: example.count, tables: example.tables, tree: SumTree(shards: shards),
    rank: session.rank, ranks: session.size, mode: mode)
  let isRounded = mode == .bfloat16 && session.size > 1
  let replica = ReplicatedBuffer(count: example.count)
  let values = replica.values.buffer
  for i in values.indices { values[i] = Float(i) / 7 }
  for turn in 1...2 {
    let before = Array(values)
    func changed(_ i: Int) -> Float { before[i] + example.integer(turn, i) / 9 }
    let holds = try reducer.update(replica, on: session) {
      for i in reducer.partitions.joined() { values[i] = changed(i) }
      return true
    }
    try expect(holds, "turn \(turn)")
    for i in values.indices {
      let expected =
        isRounded ? before[i] + roundedToEightBits(changed(i) - before[i]) : changed(i)
      try expect(values[i], is: expected, "value \(i), turn \(turn)")
    }
  }
  let holds = try reducer.update(replica, on: session) { false }
  try expect(!holds, "a change that does not hold")
}

let partitionChecks = [
  RankCheck(name: "values that are sent as they become final are summed as those that are not") {
    session in
    for example in [Example(5 * GradientReducer.block + 5)] + examplesWithTables {
      for shards in [session.size, 8, 16].filter({ $0 & ($0 - 1) == 0 }) {
        try checkSending(example, shards: shards, on: session)
      }
    }
  },
  RankCheck(name: "values travel to their owner as bfloat16, and are added as float32") {
    session in
    guard session.size & (session.size - 1) == 0 else { return }
    for example in [Example(3 * GradientReducer.block + 5)] + examplesWithTables {
      try checkRounding(example, on: session)
    }
  },
  RankCheck(name: "an update travels, as bfloat16 too, and is the same on every rank") {
    session in
    for example in [Example(3 * GradientReducer.block + 5)] + examplesWithTables {
      for mode in ReductionMode.allCases { try checkChanges(example, mode, on: session) }
    }
  },
  RankCheck(name: "sums of integers are exact in every mode, on every rank") { session in
    for mode in ReductionMode.allCases {
      for example in examples {
        let reducer = try accumulated(example, mode, on: session)
        let total = Array(try reducer.sum(on: session))
        try expect(total == example.expected(0..<shards), "\(example) by \(mode)")
      }
    }
  },
  RankCheck(name: "partitions, gathered, are the sums on every rank") { session in
    for mode in ReductionMode.allCases {
      for example in examples {
        let reducer = try accumulated(example, mode, on: session)
        let own = try reducer.reduce(on: session)
        let isWhole = session.size == 1 || mode == .allreduce
        try expect(reducer.isWhole, is: isWhole, "whole sums by \(mode)")
        try expect(own.map(\.range), is: reducer.partitions, "partitions")
        var values = placed(own, count: example.count)
        let expected = example.expected(0..<shards)
        if isWhole { try expect(values == expected, "\(example) by \(mode)") }
        try values.withUnsafeMutableBufferPointer {
          if let start = $0.baseAddress { try reducer.gather(start, on: session) }
        }
        try expect(values == expected, "\(example) gathered, \(mode)")
      }
    }
  },
  RankCheck(name: "a copy of a shared buffer has the values that each rank wrote to its partition")
  {
    session in
    for count in [7, (1 << 18) + 5, 3 << 18] {
      let replica = try ReplicatedBuffer(
        count: count, mode: .reproducible, partitioned: true, on: session)
      let isAlone = session.size == 1 || !replica.isShared
      let (tree, example) = (SumTree(shards: shards), Example(count))
      let partitions =
        isAlone
        ? [0..<count]
        : GradientReducer(count: count, tree: tree, rank: session.rank, ranks: session.size)
          .partitions
      for i in partitions.joined() { replica.values.buffer[i] = example.integer(0, i) }
      try session.barrier()
      let copy = Slab(count: count)
      let middle = count / 3
      replica.copy(middle..<count, to: copy.start + middle)
      replica.copy(0..<middle, to: copy.start)
      try expect(Array(copy.buffer) == example.expected(0..<1), "\(count)")
      try session.barrier()
    }
  },
  RankCheck(name: "partitions, collected, are the sums on rank 0, and nothing elsewhere") {
    session in
    for example in examples {
      let reducer = try accumulated(example, .reproducible, on: session)
      let own = try reducer.reduce(on: session)
      let mine = placed(own, count: example.count)
      var values = [Float](repeating: none, count: example.count)
      try values.withUnsafeMutableBufferPointer { whole in
        try mine.withUnsafeBufferPointer { mine in
          if let start = mine.baseAddress {
            try reducer.collect(start, into: whole.baseAddress, on: session)
          }
        }
      }
      let untouched = [Float](repeating: none, count: example.count)
      let expected = session.rank == 0 ? example.expected(0..<shards) : untouched
      try expect(values == expected, "\(example) collected")
      if reducer.isWhole { continue }
      let partitions = try session.sum([Int64(reducer.partitions.joined().count)])
      try expect(partitions, is: [Int64(example.count)], "values of all partitions")
    }
  },
]
