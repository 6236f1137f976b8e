import Collectives
import Tensors

/// Small integers, whose sums are exact in any order, and in bfloat16.
private func integer(_ shard: Int, _ index: Int) -> Float {
  Float((shard * 31 + index * 7) % 61 - 30)
}

/// The nearest number with a significand of eight bits, the even one of two.
private func roundedToEightBits(_ value: Float) -> Float {
  guard value != 0 else { return 0 }
  let step = Float(sign: .plus, exponent: Int(value.exponent) - 7, significand: 1)
  return (value / step).rounded(.toNearestOrEven) * step
}

private let shards = 8
/// The last is enough for shared memory.
private let counts = [0, 1, 7, TreeReduction.block, 3 * TreeReduction.block + 5, (1 << 18) + 5]

/// A reduction of `count` integers a shard that has every node of this rank.
private func accumulated(
  _ count: Int, _ mode: ReductionMode, on session: borrowing Session
) throws -> TreeReduction {
  let reduction = try TreeReduction(
    count: count, tree: ShardTree(shards: shards), mode: mode, largestNode: 2, on: session)
  reduction.begin()
  for node in reduction.nodes {
    reduction.accumulate(node) { slab in
      for i in slab.indices { slab[i] = node.reduce(0) { $0 + integer($1, i) } }
    }
  }
  return reduction
}

private func expected(_ count: Int) -> [Float] {
  (0..<count).map { i in (0..<shards).reduce(0) { $0 + integer($1, i) } }
}

/// Copies the rank's piece of the sums to where it belongs among `count` values, the others being `none`.
private func placed(
  _ sums: UnsafeMutableBufferPointer<Float>, _ piece: Range<Int>, count: Int
) -> [Float] {
  var values = [Float](repeating: none, count: count)
  values.replaceSubrange(piece, with: sums)
  return values
}

/// A number that no sum is.
private let none: Float = 0.5

let pieceChecks = [
  RankCheck(name: "values that are sent as they become final are summed as those that are not") {
    session in
    let count = 5 * TreeReduction.block + 5
    for shards in [session.size, 8, 16].filter({ $0 & ($0 - 1) == 0 }) {
      let reduction = TreeReduction(
        count: count, tree: ShardTree(shards: shards), rank: session.rank, ranks: session.size)
      for turn in 0..<3 {
        reduction.begin()
        for node in reduction.nodes {
          reduction.accumulate(node) { slab, progress in
            // Parts across the bounds of pieces, those that others wait for first, written just before
            // they are said to be final.
            let parts = stride(from: 0, to: count, by: 1000).map { $0..<min($0 + 1000, count) }
            for part in parts.filter({ $0.lowerBound >= reduction.start })
              + parts.filter({ $0.lowerBound < reduction.start })
            {
              for i in part { slab[i] = node.reduce(0) { $0 + integer($1 + turn, i) } }
              progress.finished(part)
              progress.advance()
            }
          }
        }
        let total = Array(try reduction.sum(on: session))
        let expected = (0..<count).map { i in
          (0..<shards).reduce(Float(0)) { $0 + integer($1 + turn, i) }
        }
        try expect(total == expected, "\(shards) shards, turn \(turn)")
      }
    }
  },
  RankCheck(name: "values travel to their piece's rank as bfloat16, and are added as float32") {
    session in
    guard session.size & (session.size - 1) == 0 else { return }
    let count = 3 * TreeReduction.block + 5
    let reduction = TreeReduction(
      count: count, tree: ShardTree(shards: shards), rank: session.rank, ranks: session.size,
      mode: .bfloat16)
    reduction.begin()
    for node in reduction.nodes {
      reduction.accumulate(node) { slab in
        for i in slab.indices { slab[i] = node.reduce(0) { $0 + 9 * integer($1, i) } }
      }
    }
    let total = Array(try reduction.sum(on: session))
    // Each rank has one node of the tree.
    let nodes = (0..<session.size).map {
      $0 * shards / session.size..<($0 + 1) * shards / session.size
    }
    let pieces = (0..<session.size).map {
      TreeReduction(
        count: count, tree: ShardTree(shards: shards), rank: $0, ranks: session.size
      ).piece
    }
    for i in 0..<count {
      let owner = pieces.firstIndex { $0.contains(i) }
      let expected = nodes.enumerated().reduce(Float(0)) { sum, node in
        let own = node.element.reduce(0) { $0 + 9 * integer($1, i) }
        return sum + (node.offset == owner ? own : roundedToEightBits(own))
      }
      try expect(total[i], is: expected, "value \(i)")
    }
  },
  RankCheck(name: "a replica's change travels as bfloat16, and is the same on every rank") {
    session in
    let count = 3 * TreeReduction.block + 5
    let reduction = TreeReduction(
      count: count, tree: ShardTree(shards: shards), rank: session.rank, ranks: session.size,
      mode: .bfloat16)
    let replica = Replica(count: count)
    let values = replica.values.buffer
    for i in values.indices { values[i] = Float(i) / 7 }
    for turn in 1...2 {
      let before = Array(values)
      func changed(_ i: Int) -> Float { before[i] + integer(turn, i) / 9 }
      let holds = try reduction.update(replica, on: session) {
        for i in reduction.piece { values[i] = changed(i) }
        return true
      }
      try expect(holds, "turn \(turn)")
      for i in values.indices {
        let expected =
          session.size == 1 ? changed(i) : before[i] + roundedToEightBits(changed(i) - before[i])
        try expect(values[i], is: expected, "value \(i), turn \(turn)")
      }
    }
    let holds = try reduction.update(replica, on: session) { false }
    try expect(!holds, "a change that does not hold")
  },
  RankCheck(name: "sums of integers are exact in every mode, on every rank") { session in
    for mode in ReductionMode.allCases {
      for count in counts {
        let reduction = try accumulated(count, mode, on: session)
        let total = Array(try reduction.sum(on: session))
        try expect(total == expected(count), "\(count) values by \(mode)")
      }
    }
  },
  RankCheck(name: "pieces, gathered, are the sums on every rank") { session in
    for mode in ReductionMode.allCases {
      for count in counts {
        let reduction = try accumulated(count, mode, on: session)
        let own = try reduction.reduce(on: session)
        let isWhole =
          session.size == 1 || mode == .allreduce || count <= TreeReduction.block
        try expect(reduction.isWhole, is: isWhole, "whole sums by \(mode)")
        try expect(own.count, is: reduction.piece.count, "values of the piece")
        var values = placed(own, reduction.piece, count: count)
        if isWhole { try expect(values == expected(count), "\(count) values by \(mode)") }
        try values.withUnsafeMutableBufferPointer {
          if let start = $0.baseAddress { try reduction.gather(start, on: session) }
        }
        try expect(values == expected(count), "\(count) values gathered, \(mode)")
      }
    }
  },
  RankCheck(name: "a copy of a shared replica has what each rank has written to its piece") {
    session in
    for count in [7, (1 << 18) + 5, 3 << 18] {
      let replica = try Replica(
        count: count, mode: .reproducible, piecewise: true, on: session)
      let isAlone = session.size == 1 || !replica.isShared
      let tree = ShardTree(shards: shards)
      let piece =
        isAlone
        ? 0..<count
        : TreeReduction(count: count, tree: tree, rank: session.rank, ranks: session.size).piece
      for i in piece { replica.values.buffer[i] = integer(0, i) }
      try session.barrier()
      let copy = Slab(count: count)
      replica.copy(to: copy)
      try expect(copy.buffer.indices.allSatisfy { copy.buffer[$0] == integer(0, $0) }, "\(count)")
      try session.barrier()
    }
  },
  RankCheck(name: "pieces, collected, are the sums on rank 0, and nothing elsewhere") { session in
    for count in counts {
      let reduction = try accumulated(count, .reproducible, on: session)
      let own = try reduction.reduce(on: session)
      let mine = placed(own, reduction.piece, count: count)
      var values = [Float](repeating: none, count: count)
      try values.withUnsafeMutableBufferPointer { whole in
        try mine.withUnsafeBufferPointer { mine in
          if let start = mine.baseAddress {
            try reduction.collect(start, into: whole.baseAddress, on: session)
          }
        }
      }
      let untouched = [Float](repeating: none, count: count)
      try expect(
        values == (session.rank == 0 ? expected(count) : untouched), "\(count) values collected")
      if reduction.isWhole { continue }
      let pieces = try session.sum([Int64(reduction.piece.count)])
      try expect(pieces, is: [Int64(count)], "values of all pieces")
    }
  },
]
