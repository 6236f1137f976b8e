import Collectives
import Commands

/// A sum over ranks, with which `tercet doctor` tries whether they reach each other.
enum SelfTest {
  /// The numbers that are summed.
  static let count = 1 << 20

  /// Sums a vector over the ranks that a launcher has started; rank 0 prints how many there are.
  ///
  /// - Returns: a failure where the sum is wrong on any rank.
  static func run() throws -> ExitStatus {
    let session = try Session()
    try Job.begin(session)
    return try Job.guarded(on: session) { try sum(on: session) }
  }

  private static func sum(on session: borrowing Session) throws -> ExitStatus {
    let factor = Double(session.rank + 1)
    let sum = try session.sum((1...count).map { Double($0) * factor })
    let factors = Double(session.size * (session.size + 1) / 2)
    let isRight = sum.enumerated().allSatisfy { $1 == Double($0 + 1) * factors }
    let hosts = try session.gather(bytes: Array(Session.hostName.utf8))
    guard try session.agree(isRight) else {
      if session.rank == 0 { Console.error("tercet: the sum over \(session.size) ranks is wrong") }
      return .failure
    }
    if session.rank == 0 {
      Console.line(
        "\(count) numbers are summed; ranks: \(session.size), hosts: \(Set(hosts).count)")
    }
    return .success
  }
}
