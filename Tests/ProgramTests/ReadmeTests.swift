import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The way of a newcomer.
  @Suite("The README's path", .enabled(if: hasRanks && Sanitizer.current == nil))
  struct ReadmeTests {
    static let transcript = packageRoot.appending(path: "Tests/Cluster/transcript").path

    @Test("every command of the README ends well, as root and as a user")
    func transcript() throws {
      let result = try runProcess(Self.transcript, ["--tercet", program.path])
      #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
      let last = try #require(result.stdout.split(separator: "\n").last)
      let users = last.matches(of: /\d+ ran, \d+ skipped, 0 failed/)
      #expect(users.count == (geteuid() == 0 ? 2 : 1), "\(last)")
      #expect(!last.contains(" 0 ran"), "\(last)")
    }

    @Test("a page whose commands fail, or print another thing than it shows, is caught")
    func caught() throws {
      try withTemporaryDirectory { folder in
        let page = """
          ```sh
          export NAME=Ann
          test $NAME = Ann && \\
            tercet-that-is-nowhere
          sbatch script # not run
          ```
          ```console
          $ echo "$NAME is here"
          Ann is …
          Bob is here
          ```
          """
        let path = folder.appending(path: "page.md")
        try Data(page.utf8).write(to: path)
        let result = try runProcess(Self.transcript, ["--tercet", program.path, path.path])
        #expect(result.status == 1)
        #expect(result.stdout.contains("root: 3 ran, 1 skipped, 2 failed") || geteuid() != 0)
        #expect(result.stdout.contains("no line 'Bob is here'"), "\(result.stdout)")
        #expect(!result.stdout.contains("no line 'Ann is …'"), "\(result.stdout)")
      }
    }

    @Test("the link is made once and again, and what is no link stays")
    func link() throws {
      try withTemporaryDirectory { folder in
        let built = packageRoot.appending(path: ".build/release/tercet").path
        guard FileManager.default.isExecutableFile(atPath: built) else { return }
        let link = folder.appending(path: ".local/bin/tercet").path
        func run() throws -> ProcessResult {
          try runProcess(
            packageRoot.appending(path: "cluster/link").path, environment: ["HOME": folder.path])
        }
        for _ in 1...2 {
          let result = try run()
          #expect(result.status == 0, "\(result.stderr)")
          #expect(result.stdout.contains("export PATH=\(folder.path)/.local/bin:$PATH"))
          #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == built)
        }
        try FileManager.default.removeItem(atPath: link)
        try Data("mine".utf8).write(to: URL(filePath: link))
        let refused = try run()
        #expect(refused.status == 1 && refused.stderr.contains("no link; move it away"))
        #expect(try String(contentsOfFile: link, encoding: .utf8) == "mine")
      }
    }

    @Test("the quickstart takes --link and nothing else")
    func quickstart() throws {
      for arguments in [["--lnik"], ["--link", "x"]] {
        let result = try runProcess(
          packageRoot.appending(path: "cluster/quickstart").path, arguments)
        #expect(result.status == 1 && result.complaints.count == 1, "\(result)")
        #expect(result.stdout.isEmpty && result.stderr.contains("cluster/quickstart --help"))
      }
    }
  }
}
