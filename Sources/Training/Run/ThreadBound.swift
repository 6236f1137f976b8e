import Collectives

extension RunOptions {
  /// Refuses more threads than processors, unless the options allow them.
  ///
  /// - Throws: `TrainingError` on every rank, about the first rank whose host has fewer.
  func boundThreads(on session: borrowing Session) throws {
    let own = Session.processorCount
    let isBeyond = threads > own && !oversubscribe
    let first = try session.maximum([
      isBeyond ? Int64(session.size - session.rank) << 32 | Int64(own) : 0
    ])
    guard first[0] > 0 else { return }
    throw TrainingError.threadsBeyondProcessors(
      threads: threads, rank: session.size - Int(first[0] >> 32),
      processors: Int(first[0] & 0xFFFF_FFFF))
  }
}
