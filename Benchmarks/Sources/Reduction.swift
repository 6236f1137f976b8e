import COpenMPI
import Collectives

/// The sum of a gradient over ranks, beside `MPI_Allreduce` of as many values.
enum Reduction {
  /// Bytes of a sum: 4 KB to 128 MB, and the gradient of the published size.
  private static let sizes = [
    ("4KB", 1 << 12), ("64KB", 1 << 16), ("512KB", 1 << 19), ("4MB", 1 << 22), ("32MB", 1 << 25),
    ("gradient", 4 * publishedParameters), ("128MB", 1 << 27),
  ]

  /// Milliseconds of a sum on the slowest rank: all kinds in turn, medians of as many as fill a second
  /// between them, and of five at least.
  ///
  /// - Parameter largest: sizes of more bytes are left out.
  static func run(upTo largest: Int, on session: borrowing Session) throws {
    for (name, bytes) in sizes where bytes <= largest {
      let count = bytes / MemoryLayout<Float>.stride
      let kinds: [(name: String, sum: any Sum)] =
        ReductionMode.allCases.map {
          ($0.rawValue, Own(count: count, mode: $0, on: session))
        } + [("mpi", Plain(count: count))]
      // First touches of fresh buffers are no part of a step.
      for _ in 0..<2 { for kind in kinds { _ = try kind.sum.seconds(on: session) } }
      var (times, elapsed) = (kinds.map { _ in [Double]() }, 0.0)
      // Every rank has the same times, so all of them stop together.
      while times[0].count < 5 || elapsed < 1 {
        for (index, kind) in kinds.enumerated() {
          let seconds = try session.maximum([try kind.sum.seconds(on: session)])[0]
          times[index].append(seconds)
          elapsed += seconds
        }
      }
      guard session.rank == 0 else { continue }
      for (kind, times) in zip(kinds, times) {
        report("reduction.\(name).\(kind.name)", 1e3 * median(times), "ms")
      }
    }
  }
}

/// A sum of as many values on every rank.
private protocol Sum {
  /// Seconds of a sum, what is summed being there.
  func seconds(on session: borrowing Session) throws -> Double
}

/// The sum of a training step, of one node a rank: each rank gets the sums of its partition, then
/// gathers the partitions of all ranks.
private struct Own: Sum {
  private let reducer: GradientReducer
  private let parameters: Floats

  init(count: Int, mode: ReductionMode, on session: borrowing Session) {
    var shards = 1
    while shards < session.size { shards *= 2 }
    reducer = GradientReducer(
      count: count, tree: SumTree(shards: shards), rank: session.rank, ranks: session.size,
      mode: mode)
    parameters = Floats(count)
  }

  func seconds(on session: borrowing Session) throws -> Double {
    reducer.begin()
    for node in reducer.nodes { reducer.accumulate(node) { $0.update(repeating: 1) } }
    try session.barrier()
    return try elapsedSeconds {
      _ = try reducer.reduce(on: session)
      try reducer.gather(parameters.start, on: session)
    }
  }
}

/// `MPI_Allreduce` from one buffer to another.
private struct Plain: Sum {
  private let source: Floats
  private let target: Floats

  init(count: Int) {
    (source, target) = (Floats(count), Floats(count))
  }

  func seconds(on session: borrowing Session) throws -> Double {
    source.start.update(repeating: 1, count: source.count)
    try session.barrier()
    return try elapsedSeconds {
      let status = MPI_Allreduce(
        source.start, target.start, Int32(source.count), tercet_float(), tercet_sum(),
        tercet_comm_world())
      guard status == MPI_SUCCESS else { throw Mistake("MPI_Allreduce answers \(status)") }
    }
  }
}
