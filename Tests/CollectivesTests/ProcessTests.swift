import TestSupport
import Testing

@Suite("Running programs from tests")
struct ProcessTests {
  @Test("more output than a pipe holds comes back whole, on both streams")
  func largeOutput() throws {
    let line = String(repeating: "x", count: 999)
    let script = "for i in $(seq 500); do echo \(line); echo \(line) >&2; done; exit 3"
    let result = try runProcess("/bin/sh", ["-c", script])
    #expect(result.status == 3)
    #expect(result.stdout.utf8.count == 500_000)
    #expect(result.stderr.utf8.count == 500_000)
  }

  @Test("input, environment and signals pass through")
  func passing() throws {
    let result = try runProcess(
      "/bin/sh", ["-c", "cat; echo $TERCET_WORD; kill -9 $$"],
      environment: ["TERCET_WORD": "Köln"], input: "1 . FC ")
    #expect(result.stdout == "1 . FC Köln\n")
    #expect(result.status == 137)
  }
}
