import Collectives

/// Checks with closed answers, run under `mpirun` with any number of processes: a line for each
/// that passed from rank 0, or a line and a bad end of the whole job.
@main
struct RankChecks {
  static func main() throws {
    let session = try Session()
    runAll(on: session)
  }

  static func runAll(on session: borrowing Session) {
    do {
      for check in messageChecks + reductionChecks + partitionChecks {
        try check.run(session)
        try session.barrier()
        if session.rank == 0 { print("passed on \(session.size): \(check.name)") }
      }
    } catch {
      print("rank \(session.rank) of \(session.size): \(error)")
      session.abort(status: 1)
    }
  }
}

struct RankCheck: Sendable {
  let name: String
  let run: @Sendable (borrowing Session) throws -> Void
}

/// A check that did not hold.
struct Failure: Error, CustomStringConvertible {
  let description: String
}

func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws(Failure) {
  if !condition { throw Failure(description: text()) }
}

func expect<Value: Equatable>(_ found: Value, is expected: Value, _ what: String) throws(Failure) {
  try expect(found == expected, "\(what): \(found), expected \(expected)")
}
