import COpenMPI
import Collectives

/// The sum of a gradient over ranks, beside `MPI_Allreduce` of as many values.
enum Reduction {
  /// Bytes of a sum: 4 KB to 128 MB, and the gradient of the published size.
  private static let sizes = [
    ("4KB", 1 << 12), ("64KB", 1 << 16), ("512KB", 1 << 19), ("4MB", 1 << 22), ("32MB", 1 << 25),
    ("gradient", 4 * publishedParameters), ("128MB", 1 << 27),
  ]

  /// Milliseconds of a sum on the slowest rank: both kinds in turn, medians of as many as fill some
  /// tenths of a second.
  static func run(on session: borrowing Session) throws {
    for (name, bytes) in sizes {
      let count = bytes / MemoryLayout<Float>.stride
      let (own, plain) = (Own(count: count, on: session), Plain(count: count))
      var times: (own: [Double], plain: [Double]) = ([], [])
      for turn in 0..<max(7, min(500, 1 << 28 / bytes)) {
        let pair = (try time(on: session, own.sum), try time(on: session, plain.sum))
        // First touches of fresh buffers are no part of a step.
        guard turn > 1 else { continue }
        times.own.append(pair.0)
        times.plain.append(pair.1)
      }
      guard session.rank == 0 else { continue }
      report("reduction.\(name).reproducible", 1e3 * median(times.own), "ms")
      report("reduction.\(name).mpi", 1e3 * median(times.plain), "ms")
    }
  }

  private static func time(
    on session: borrowing Session, _ sum: (borrowing Session) throws -> Double
  ) throws -> Double {
    try session.maximum([try sum(session)])[0]
  }
}

/// Our sum, of one shard a rank.
private struct Own {
  private let reduction: TreeReduction

  init(count: Int, on session: borrowing Session) {
    var shards = 1
    while shards < session.size { shards *= 2 }
    reduction = TreeReduction(
      count: count, tree: ShardTree(shards: shards), rank: session.rank, ranks: session.size)
  }

  /// Seconds of a sum, this rank's shards being there.
  func sum(on session: borrowing Session) throws -> Double {
    reduction.begin()
    for shard in reduction.shards { reduction.accumulate(shard) { $0.update(repeating: 1) } }
    try session.barrier()
    return try seconds { _ = try reduction.sum(on: session) }
  }
}

/// `MPI_Allreduce` from one buffer to another.
private struct Plain {
  private let source: Floats
  private let target: Floats

  init(count: Int) {
    (source, target) = (Floats(count), Floats(count))
  }

  /// Seconds of a sum, the source being written as a rank's shards are.
  func sum(on session: borrowing Session) throws -> Double {
    source.start.update(repeating: 1, count: source.count)
    try session.barrier()
    return try seconds {
      let status = MPI_Allreduce(
        source.start, target.start, Int32(source.count), tercet_float(), tercet_sum(),
        tercet_comm_world())
      guard status == MPI_SUCCESS else { throw Mistake("MPI_Allreduce answers \(status)") }
    }
  }
}
