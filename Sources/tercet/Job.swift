import Collectives
import Commands
import Glibc
import Training

/// What the ranks of a job have to say together.
///
/// A launcher ends all ranks as soon as one has left with an error, and may cut the message of another short.
/// So ranks whose command line or configuration is wrong meet in MPI before they leave: nobody waits for a time.
enum Job {
  /// The end of a job whose message is printed.
  struct Ended: Error {
    /// The status to leave with, the same on every rank.
    let status: ExitStatus
  }

  /// Ends a rank with an error that it has met before its session, after it or without one. Where several ranks
  /// have met one, the first of them speaks.
  ///
  /// - Returns: the status to leave with.
  static func end(_ error: any Error) -> ExitStatus {
    if let ended = error as? Ended { return ended.status }
    let status: ExitStatus = error is UsageError ? .usage : .failure
    let isFirst = Console.speaksForJob
    let text = error is UsageError ? "\(error)" : "tercet: \(error)"
    guard isLaunched, !Session.hasBegun else {
      Console.error(text)
      return status
    }
    // At once: where MPI cannot start, the launcher may end this rank there.
    if isFirst { Console.error(text) }
    do {
      let session = try Session()
      return try end(error, status, on: session)
    } catch {
      if !isFirst { Console.error(text) }
      return status
    }
  }

  private static func end(
    _ error: any Error, _ status: ExitStatus, on session: borrowing Session
  ) throws -> ExitStatus {
    let first = try meet(status, on: session)
    if first?.rank == session.rank && !Console.speaksForJob {
      Console.error("tercet: rank \(session.rank) on \(Session.hostName): \(error)")
    }
    return first?.status ?? status
  }

  /// Begins the session of a rank that has met no error.
  ///
  /// - Throws: ``Ended`` where another rank has met one.
  static func begin(_ session: borrowing Session) throws {
    if let first = try meet(nil, on: session) { throw Ended(status: first.status) }
  }

  /// Runs `body` so that an error on any rank ends the whole job.
  ///
  /// An error that is known on all ranks is printed by rank 0, and all of them leave: finalising waits for
  /// the last rank, so no rank's exit can suppress the message. After an error on a single rank finalising
  /// would wait for the other ranks, and they for this one, so this rank prints it and aborts the job.
  static func guarded<Result>(
    on session: borrowing Session, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      let isShared = (error as? TrainingError)?.isOnEveryRank ?? (error is SharedError)
      guard isShared || session.size == 1 else {
        Console.error("tercet: rank \(session.rank) on \(Session.hostName): \(error)")
        session.abort(status: ExitStatus.failure.rawValue)
      }
      if session.rank == 0 { Console.error("tercet: \(error)") }
      throw Ended(status: .failure)
    }
  }

  /// Has all ranks tell whether they have met an error.
  ///
  /// - Parameter status: that of this rank's error, `nil` for none.
  /// - Returns: the first rank with an error, and its status.
  private static func meet(
    _ status: ExitStatus?, on session: borrowing Session
  ) throws -> (rank: Int, status: ExitStatus)? {
    let own = status.map { Int64(session.size - session.rank) << 8 | Int64($0.rawValue) } ?? 0
    let first = try session.maximum([own])[0]
    return ExitStatus(rawValue: Int32(first & 0xFF)).flatMap {
      $0 == .success ? nil : (session.size - Int(first >> 8), $0)
    }
  }

  /// Whether a launcher that MPI knows has started this process.
  private static var isLaunched: Bool {
    getenv("OMPI_COMM_WORLD_RANK") != nil || getenv("PMIX_RANK") != nil
  }
}
