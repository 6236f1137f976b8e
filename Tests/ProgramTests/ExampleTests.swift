import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The program of `Tests/Example`, which shows how the library is used from Swift.
  @Suite("The example")
  struct ExampleTests {
    @Test("trains a model and extracts facts with it")
    func trainsAndExtracts() throws {
      try withTemporaryDirectory { folder in
        let example = productsDirectory.appending(path: "Example")
        let result = try runProcess(example.path, [folder.path], in: folder, timeout: 300)
        try #require(result.status == 0, "\(result.stderr)")
        let lines = result.stdout.split(separator: "\n")
        #expect(lines.contains { $0.contains("epoch 15/15  L_D ") && $0.contains("  dev F1 .") })
        let facts = lines.filter { $0.split(separator: "\t").count == 3 }
        #expect(facts.count > 50, "\(result.stdout.suffix(500))")
      }
    }
  }
}
