import Glibc
import Testing

@testable import Commands

@Suite("the console")
struct ConsoleTests {
  @Test(
    "one rank speaks for the job, whichever launcher numbers the ranks",
    arguments: [
      ([:], true),
      (["OMPI_COMM_WORLD_RANK": "0"], true),
      (["OMPI_COMM_WORLD_RANK": "1"], false),
      (["PMIX_RANK": "2"], false),
      (["SLURM_PROCID": "3"], false),
      (["SLURM_PROCID": "0"], true),
      (["OMPI_COMM_WORLD_RANK": "1", "SLURM_PROCID": "0"], false),
      (["OMPI_COMM_WORLD_RANK": "0", "SLURM_PROCID": "4"], true),
    ] as [([String: String], Bool)])
  func speaks(environment: [String: String], expected: Bool) {
    #expect(Console.speaksForJob { environment[$0] } == expected)
  }

  @Test("a text arrives whole, byte for byte")
  func writes() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    #expect(Console.write("Peter Stöger\n", to: ends[1]) == nil)
    close(ends[1])
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(ends[0], &bytes, bytes.count)
    close(ends[0])
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "Peter Stöger\n")
  }
}
