import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("The claim of a run on its folder")
struct ClaimTests {
  @Test("keeps others out and names its holder, until the last copy of the folder is gone")
  func claim() throws {
    try inFolder { (parent) throws in
      let other = CheckpointFolder("\(parent)/a")
      func refusal() throws -> String? {
        var other = other
        do {
          return try other.claim(for: "second 2 later") ? nil : "no locks"
        } catch {
          return error.description
        }
      }
      func run() throws -> CheckpointFolder {
        var folder = CheckpointFolder("\(parent)/a")
        #expect(try folder.claim(for: "first 17 today"))
        return folder
      }
      try withExtendedLifetime(run()) { folder in
        try folder.prepare()
        #expect(try !folder.containsCheckpoints())
        #expect(try names(in: folder.path) == ["run.lock"])
        let said = try refusal() ?? ""
        #expect(
          said.contains("/a: is in use by another run, process 17 on first, since today; wait"))
        try folder.clear()
        #expect(try refusal() == said)
      }
      #expect(try names(in: other.path) == [])
      #expect(try refusal() == nil)
    }
  }

  @Test("of a process that was killed is passed over at once, whatever its file says")
  func dead() throws {
    try inFolder { (path) throws in
      let script = """
        import fcntl, os, signal, sys
        file = open(sys.argv[1], "w")
        fcntl.lockf(file, fcntl.LOCK_EX, 1, 0)
        print("a line that is none", file=file, flush=True)
        print("locked", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
      let dead = try runProcess("/usr/bin/python3", ["-c", script, "\(path)/run.lock"])
      #expect(dead.stdout == "locked\n" && dead.status == 137)
      var folder = CheckpointFolder(path)
      #expect(try folder.claim(for: "first 17 today"))
      #expect(
        try String(contentsOfFile: "\(path)/run.lock", encoding: .utf8) == "first 17 today\n")
    }
  }

  @Test("a line that names nobody is not repeated")
  func unknown() throws {
    try inFolder { (path) throws in
      var folder = CheckpointFolder(path)
      #expect(try folder.claim(for: "no"))
      var other = CheckpointFolder(path)
      let error = #expect(throws: CheckpointError.self) { try other.claim(for: "second 2 later") }
      #expect(error?.description.contains("in use by another run; wait for its end") == true)
    }
  }

  @Test("a folder that cannot have the file is named")
  func refused() throws {
    try inFolder { (path) throws in
      try FileManager.default.createDirectory(
        atPath: "\(path)/run.lock", withIntermediateDirectories: false)
      var folder = CheckpointFolder(path)
      let error = #expect(throws: CheckpointError.self) { try folder.claim(for: "first 17 today") }
      #expect(error?.description.contains("run.lock: Is a directory") == true)
    }
  }
}
