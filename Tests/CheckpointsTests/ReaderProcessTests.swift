import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite("The process that reads a checkpoint")
struct ReaderProcessTests {
  /// A checkpoint, and a shell script in the place of the program that reads it.
  private func refusal(
    of script: String, patience: Int = 60, _ check: (String) throws -> Void = { _ in }
  ) throws -> String {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      let program = try self.script("cd '\(folder)'\n\(script)", in: folder)
      let error = #expect(throws: CheckpointError.self) {
        _ = try CheckpointFile.open(path, reading: .all, by: program, patience: patience)
      }
      try check(folder)
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(path): ") && !text.contains("\n"))
      return String(text.dropFirst(path.count + 2))
    }
  }

  /// Written by another process: one that this process is writing cannot be started.
  private func script(_ text: String, in folder: String) throws -> String {
    let program = "\(folder)/reader"
    let write = #"printf '#!/bin/sh\n%s\n' "$1" >"$0" && chmod 700 "$0""#
    #expect(try run("sh", ["-c", write, program, text]).status == 0)
    return program
  }

  @Test("whose program is not there")
  func missing() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      let error = #expect(throws: CheckpointError.self) {
        _ = try CheckpointFile.open(path, reading: .all, by: "\(folder)/tercet")
      }
      #expect(
        error?.description == "\(path): cannot be read: \(folder)/tercet, which reads checkpoints "
          + "here, cannot be started: No such file or directory")
    }
  }

  @Test(
    "that falls over the file: the file is damaged", arguments: ["SEGV", "BUS", "ABRT", "XCPU"])
  func fault(signal: String) throws {
    let text = try refusal(of: "kill -\(signal) $$")
    #expect(text.hasPrefix("is damaged: its HDF5 structures cannot be read: their reader met '"))
    #expect(text.hasSuffix("'; take another checkpoint"))
  }

  @Test(
    "that others end, or that ends too early: nothing is said about the file",
    arguments: [
      ("kill -KILL $$", "its reader was ended by 'Killed'; try again"),
      ("kill -TERM $$", "its reader was ended by 'Terminated'; try again"),
      ("exit 127", "its reader ended with status 127"),
      ("exit 71", "no memory for the process that reads it: Cannot allocate memory"),
      ("exec 5>&-; exec sleep 1000", "its reader was ended by 'Killed'; try again"),
    ])
  func ended(script: String, reason: String) throws {
    let text = try refusal(of: script)
    #expect(text.hasPrefix("cannot be read: \(reason)"), "\(text)")
  }

  @Test("that others kill is started again, twice at most", arguments: [1, 2, 3])
  func killed(times: Int) throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      try write(messageOfReader(path), to: "\(folder)/message")
      let program = try script(
        """
        cd '\(folder)'
        echo >>starts
        [ $(wc -l <starts) -gt \(times) ] || kill -KILL $$
        exec cat message 1<>/proc/self/fd/4
        """, in: folder)
      var read: [Float]?
      if let file = try? CheckpointFile.open(path, reading: .all, by: program) {
        read = try file.floats("parameters/encoder.weight").values
      }
      #expect(read == (times < 3 ? sampleWeights : nil))
    }
  }

  @Test("that does not end is ended, and leaves nothing behind")
  func endless() throws {
    let text = try refusal(of: "echo $$ > number; exec sleep 1000", patience: 1) { folder in
      let number = try String(contentsOfFile: "\(folder)/number", encoding: .utf8)
      let process = try #require(pid_t(number.trimmingCharacters(in: .newlines)))
      #expect(kill(process, 0) == -1 && errno == ESRCH)
    }
    #expect(text == "cannot be read: its reader has not ended after 1 s; try again")
  }

  @Test("that hands over nothing, or nothing sound", arguments: ["exit 0", "cat reader >&4"])
  func unsound(script: String) throws {
    #expect(
      try refusal(of: script)
        == "is damaged: its HDF5 structures cannot be read: what their reader hands over is not "
        + "sound; take another checkpoint")
  }

  @Test("cannot take more memory for it than the file has bytes, nor change it afterwards")
  func sealed() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      try write(messageOfReader(path), to: "\(folder)/message")
      #expect(try run("mkfifo", ["\(folder)/go", "\(folder)/said"]).status == 0)
      let program = try script(
        """
        cd '\(folder)'
        head -c 100000000 /dev/zero >&4 && exit 1
        (exec 5>&-; read word < go; cat message 1<>/proc/self/fd/4 && echo changed > said || echo refused > said) &
        exec cat message 1<>/proc/self/fd/4
        """, in: folder)
      let file = try CheckpointFile.open(path, reading: .all, by: program)
      #expect(try file.floats("parameters/encoder.weight").values == sampleWeights)
      try FileHandle(forWritingTo: URL(filePath: "\(folder)/go")).write(contentsOf: Data("\n".utf8))
      let said = try FileHandle(forReadingFrom: URL(filePath: "\(folder)/said")).readToEnd()
      #expect(said == Data("refused\n".utf8))
    }
  }

  @Test("is no rank, and has nothing open but what it needs")
  func surroundings() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    try writeSample(to: "\(folder)/a.h5")
    let program = try script(
      "env > \(folder)/environment; ls /proc/$$/fd > \(folder)/open; exit 1", in: folder)
    await #expect(processExitsWith: .success) {
      [folder = folder as String, program = program as String] in
      for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "LD_DEBUG_OUTPUT"] { setenv(name, "1", 1) }
      let leaked = open("/dev/null", O_RDONLY)
      precondition(leaked >= 0)
      _ = try? CheckpointFile.open("\(folder)/a.h5", reading: .all, by: program)
    }
    let environment = try String(contentsOfFile: "\(folder)/environment", encoding: .utf8)
    #expect(!environment.contains("OMPI_COMM") && !environment.contains("PMIX"), "\(environment)")
    #expect(environment.contains("LD_DEBUG_OUTPUT=1\n"))
    let files = try String(contentsOfFile: "\(folder)/open", encoding: .utf8)
    // The shell has its script open too, out of the way.
    #expect(
      files.split(separator: "\n").filter { Int($0) ?? 0 < 10 } == ["0", "1", "2", "3", "4", "5"])
  }

  @Test(
    "meets a forged file, whose checksum is right: the file is refused, this process goes on",
    arguments: [
      // The length of a string: HDF5 1.10.8 reads memory that it does not have.
      (2591, 1, "Segmentation fault"),
      // What is left behind that string: it goes on for ever.
      (2624, 136, "CPU time limit exceeded"),
    ])
  func forged(position: Int, value: UInt8, fault: String) throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      var contents = try Array(bytes(of: path)[UserBlock.size...])
      contents[position - UserBlock.size] = value
      let checksum = contents.withUnsafeBytes { Checksum.of($0) }
      let block = UserBlock(length: UserBlock.size + contents.count, checksum: checksum)
      try write(block.bytes + contents, to: path)
      let error = #expect(throws: CheckpointError.self) { () throws in
        try Inspection.listing(of: path)
      }
      // A sanitizer takes that signal for itself, and the process ends by another.
      if Sanitizer.current != nil && fault == "Segmentation fault" { return }
      let reason = "their reader met '\(fault)'"
      #expect(
        error?.reason == .damaged("its HDF5 structures cannot be read: \(reason)"),
        "another HDF5 than 1.10.8 may refuse it: \(String(describing: error))")
    }
  }

  @Test("reads the file that was verified, though another has its name by now")
  func replaced() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path, step: 1)
      var file = try CheckpointFile.open(path, reading: .none)
      try writeSample(to: path, step: 2)
      try file.read(.groups(["history"]))
      #expect(try file.attribute("step") == .integer(1))
      #expect(try file.integers("history/step").values == [10, -20, .max])
    }
  }

  @Test("hands over no more than was asked for, and names all")
  func selection() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    try writeSample(to: "\(folder)/a.h5")
    let file = try CheckpointFile.open("\(folder)/a.h5", reading: .groups(["vocabulary"]))
    #expect(try file.strings("vocabulary/words").count == 5)
    #expect(try file.shape(of: "parameters/encoder.weight") == [3, 4])
    await #expect(processExitsWith: .failure) { [path = "\(folder)/a.h5" as String] in
      let file = try CheckpointFile.open(path, reading: .groups(["vocabulary"]))
      _ = try file.floats("parameters/encoder.weight")
    }
  }
}
