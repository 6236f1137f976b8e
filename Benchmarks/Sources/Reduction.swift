import COpenMPI
import Collectives

/// The sum of a gradient over ranks, beside `MPI_Allreduce` of as many values.
enum Reduction {
  /// Bytes of a sum: 4 KB to 128 MB, and the gradient of the published size.
  private static let sizes = [
    ("4KB", 1 << 12), ("64KB", 1 << 16), ("512KB", 1 << 19), ("4MB", 1 << 22), ("32MB", 1 << 25),
    ("gradient", 4 * publishedParameters), ("128MB", 1 << 27),
  ]

  /// Milliseconds of a sum on the slowest rank: both kinds in turn, medians of as many as fill a second
  /// between them, and of five at least.
  ///
  /// - Parameter largest: sizes of more bytes are left out.
  static func run(upTo largest: Int, on session: borrowing Session) throws {
    for (name, bytes) in sizes where bytes <= largest {
      let count = bytes / MemoryLayout<Float>.stride
      let (own, plain) = (Own(count: count, on: session), Plain(count: count))
      // First touches of fresh buffers are no part of a step.
      for _ in 0..<2 { _ = (try own.sum(on: session), try plain.sum(on: session)) }
      var times: (own: [Double], plain: [Double]) = ([], [])
      // Every rank has the same times, so all of them stop together.
      while times.own.count < 5 || times.own.reduce(0, +) + times.plain.reduce(0, +) < 1 {
        times.own.append(try time(on: session, own.sum))
        times.plain.append(try time(on: session, plain.sum))
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
