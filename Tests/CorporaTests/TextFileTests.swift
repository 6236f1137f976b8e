import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("Writing of files")
struct TextFileTests {
  static let text = String(repeating: "Ann lives in Rome . Köln\n", count: 20_000)

  /// Runs a shell in a folder and returns what it prints.
  private func shell(_ script: String, in folder: URL) throws -> String {
    let result = try runProcess("/bin/bash", ["-euc", script], in: folder)
    #expect(result.status == 0, "\(script): \(result.stderr)")
    return result.stdout
  }

  @Test("a name that ends in .gz gets gzip, of the same bytes each time")
  func gzip() throws {
    try withTemporaryDirectory { folder in
      for name in ["a.jsonl.gz", "b/c.gz"] {
        try TextFile.write(Self.text, to: folder.appending(path: name).path)
      }
      #expect(try shell("gunzip -c a.jsonl.gz; cmp a.jsonl.gz b/c.gz", in: folder) == Self.text)
      #expect(
        try TextFile.bytes(folder.appending(path: "a.jsonl.gz").path) == Array(Self.text.utf8))
      try TextFile.write("", to: folder.appending(path: "empty.gz").path)
      #expect(
        try shell("gunzip -c empty.gz | wc -c; ls", in: folder) == "0\na.jsonl.gz\nb\nempty.gz\n")
    }
  }

  @Test("links, permissions, pipes and devices stay what they are")
  func special() throws {
    try withTemporaryDirectory { folder in
      let path = { (name: String) in folder.appending(path: name).path }
      _ = try shell(
        "echo old > target; chmod 600 target; ln -s target link; mkfifo pipe", in: folder)
      try TextFile.write("new\n", to: path("link"))
      #expect(
        try shell("cat target; stat -c %a target; stat -c %F link", in: folder)
          == "new\n600\nsymbolic link\n")
      try TextFile.write("new\n", to: "/dev/null")
      #expect(try shell("stat -c %F /dev/null", in: folder) == "character special file\n")
      let error = #expect(throws: CorpusError.self) {
        try TextFile.write("new\n", to: "/dev/full")
      }
      #expect(error?.message == "cannot be written: No space left on device")
      let reader = Process()
      reader.executableURL = URL(filePath: "/bin/sh")
      reader.arguments = ["-c", "cat pipe > read"]
      reader.currentDirectoryURL = folder
      try reader.run()
      try TextFile.write(Self.text, to: path("pipe"))
      reader.waitUntilExit()
      #expect(try shell("stat -c %F pipe; cat read", in: folder) == "fifo\n" + Self.text)
      let isFolder = #expect(throws: CorpusError.self) { try TextFile.write("", to: folder.path) }
      #expect(isFolder?.message == "cannot be written: Is a directory")
    }
  }
}
