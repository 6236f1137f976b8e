import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The way of a newcomer, from the README to a sweep.
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

    @Test("a sweep passes --set on, in either form")
    func sweep() throws {
      try withWorkplace { place in
        let result = try runProcess(
          packageRoot.appending(path: "cluster/slurm-array").path,
          [
            "config.yaml", "--checkpoints", "sweep", "--lambdas", "0.5 2", "--seeds", "3", "--set",
            "num_epochs=1", "--set=every=1", "--set", "batch.size=40",
          ], environment: ["TERCET": program.path, "PATH": "/usr/bin:/bin"], in: place.folder)
        #expect(result.status == 1 && result.stderr.contains("'every' may mean"), "\(result)")
        let swept = try runProcess(
          packageRoot.appending(path: "cluster/slurm-array").path,
          [
            "config.yaml", "--checkpoints", "sweep", "--lambdas", "0.5 2", "--seeds", "3", "--set",
            "num_epochs=1", "--set=batch.size=40",
          ], environment: ["TERCET": program.path, "PATH": "/usr/bin:/bin"], in: place.folder)
        #expect(swept.status == 0, "\(swept.stderr)")
        for (weight, printed) in [("0.5", "0.5"), ("2", "2.0")] {
          #expect(swept.stdout.contains("| \(weight) | 3 | 1 |"), "\(swept.stdout)")
          let log = try place.text("sweep/lambda-\(weight)-seed-3/run.jsonl")
          for words in ["lambda: \(printed)", "seed: 3", "epochs: 1", "size: 40"] {
            #expect(log.contains("\(words)\\n"), "\(words)")
          }
        }
      }
    }

    @Test(
      "a sweep varies the weight of any model's loss",
      arguments: [("rin", "erWeight"), ("hmt", "eeWeight")])
    func sweepOfKey(kind: String, key: String) throws {
      try withWorkplace { place in
        try place.write("model:\n  kind: \(kind)\n  embedding: 4\n  hidden: 4\n", to: "own.yaml")
        let swept = try runProcess(
          packageRoot.appending(path: "cluster/slurm-array").path,
          [
            "own.yaml", "--checkpoints", "sweep", "--key", "model.\(key)", "--values", "2 0.5",
            "--seeds", "3", "--set", "epochs=1", "--set", "data.directory=data",
          ], environment: ["TERCET": program.path, "PATH": "/usr/bin:/bin"], in: place.folder)
        #expect(swept.status == 0, "\(swept.stderr)")
        #expect(swept.stdout.contains("| \(key) | seed |"), "\(swept.stdout)")
        for (weight, printed) in [("0.5", "0.5"), ("2", "2.0")] {
          #expect(swept.stdout.contains("| \(weight) | 3 | 1 |"), "\(swept.stdout)")
          let log = try place.text("sweep/\(key)-\(weight)-seed-3/run.jsonl")
          #expect(log.contains("\(key): \(printed)\\n"))
        }
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
