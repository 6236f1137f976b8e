import Foundation
import TestSupport
import Testing

@Suite("Checks across ranks, under mpirun", .serialized, .enabled(if: mpirunPath != nil))
struct RankCheckTests {
  /// Under a sanitizer, which makes them last many times as long, a few.
  static let ranks = Sanitizer.current == nil ? [1, 2, 3, 4, 5, 6, 7, 8, 18] : [2, 3]

  @Test("every check passes on", arguments: ranks)
  func pass(ranks: Int) throws {
    let result = try mpirun(
      ranks: ranks, executable: productsDirectory.appending(path: "RankChecks"))
    #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
    let passed = result.stdout.split(separator: "\n").filter { $0.hasPrefix("passed on \(ranks):") }
    #expect(passed.count == 18, "\(result.stdout)")
  }

  @Test("without mpirun the job is one process")
  func alone() throws {
    let result = try runProcess(productsDirectory.appending(path: "RankChecks").path)
    #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
    #expect(result.stdout.contains("passed on 1: sum over 16 shards"))
  }
}
