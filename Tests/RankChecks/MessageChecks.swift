import Collectives

let messageChecks = [
  RankCheck(name: "ranks count from 0 to size - 1") { session in
    try expect((0..<session.size).contains(session.rank), "rank \(session.rank)")
    let sum = try session.sum([Int64(session.rank)])
    try expect(sum, is: [Int64(session.size * (session.size - 1) / 2)], "sum of ranks")
  },
  RankCheck(name: "broadcast of floats from every rank") { session in
    for root in 0..<session.size {
      for count in [0, 1, 100_003] {
        var values = (0..<count).map { Float(session.rank * 7 + $0) }
        try values.withUnsafeMutableBufferPointer { try session.broadcast(floats: $0, from: root) }
        try expect(values == (0..<count).map { Float(root * 7 + $0) }, "\(count) from \(root)")
      }
    }
  },
  RankCheck(name: "broadcast of bytes takes length and contents from the root") { session in
    for root in 0..<session.size {
      let mine = [UInt8](repeating: UInt8(session.rank), count: session.rank * 1000)
      let bytes = try session.broadcast(bytes: mine, from: root)
      let expected = [UInt8](repeating: UInt8(root), count: root * 1000)
      try expect(bytes == expected, "\(bytes.count) bytes from rank \(root)")
    }
  },
  RankCheck(name: "gathered bytes lie in the order of ranks") { session in
    for root in 0..<session.size {
      let mine = [UInt8](repeating: UInt8(session.rank), count: session.rank * 3)
      let all = try session.gather(bytes: mine, to: root)
      let expected = (0..<session.size).map { [UInt8](repeating: UInt8($0), count: $0 * 3) }
      try expect(all, is: session.rank == root ? expected : [], "gather to rank \(root)")
    }
  },
  RankCheck(name: "sums and maxima are taken element by element") { session in
    let (rank, last) = (session.rank, session.size - 1)
    let large = Int64(1) << 53
    try expect(
      try session.sum([1, large + 1, Int64(-rank)]),
      is: [
        Int64(session.size), (large + 1) * Int64(session.size), -Int64(session.size * last / 2),
      ],
      "sum")
    try expect(
      try session.maximum([Int64(rank), Int64(-rank), large + Int64(rank)]),
      is: [Int64(last), 0, large + Int64(last)], "maximum of integers")
    try expect(
      try session.maximum([Double(rank) / 2, -Double(rank)]), is: [Double(last) / 2, 0],
      "maximum of doubles")
    try expect(try session.sum([Int64]()), is: [], "sum of nothing")
  },
  RankCheck(name: "what any rank has set is set on every rank") { session in
    let own = Flags(rawValue: 1 << session.rank | 1 << 40)
    let all = Flags(rawValue: (1 << session.size) - 1 | 1 << 40)
    try expect(try session.union(own), is: all, "union")
    let last = session.size - 1
    try expect(
      try session.union(session.rank == last ? own : []), is: Flags(rawValue: 1 << last | 1 << 40),
      "what the last has")
    try expect(try session.union(Flags()), is: [], "union of nothing")
  },
]

private struct Flags: OptionSet { let rawValue: Int64 }
