import Checkpoints
import Foundation
import Testing

@Suite("A failure leaves what was there")
struct FailureTests {
  @Test("an error in the middle of writing")
  func failureInBody() throws {
    try inFolder { (path) throws in
      let file = "\(path)/last.h5"
      try writeSample(to: file)
      let before = try bytes(of: file)
      #expect(throws: CheckpointError.self) {
        try CheckpointFile.write(to: file) { (writer) throws(CheckpointError) in
          try fill(writer, step: 2)
          try writer.strings("vocabulary/words", [])
        }
      }
      #expect(try bytes(of: file) == before && names(in: path) == ["last.h5"])
    }
  }

  @Test("a disk that fills up while the file is written")
  func fullWhileWriting() throws {
    try inFolder { (path) throws in
      let file = "\(path)/last.h5"
      try writeSample(to: file)
      let before = try bytes(of: file)
      let error = #expect(throws: CheckpointError.self) {
        try AtomicFile.publish(file) { (temporary) throws(CheckpointError) in
          let half = try Descriptor.creating(temporary)
          try before.withUnsafeBufferPointer { (contents) throws(CheckpointError) in
            try half.write(UnsafeRawBufferPointer(contents), needed: 1)
            let full = try Descriptor.creating("/dev/full")
            try full.write(UnsafeRawBufferPointer(contents), needed: 123_456_789)
          }
        }
      }
      guard case .diskFull(123_456_789, .some) = error?.reason else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.path == file)
      #expect(try bytes(of: file) == before && names(in: path) == ["last.h5"])
    }
  }

  @Test("a folder that is not there, a folder under the file's name")
  func unwritable() throws {
    try inFolder { (path) throws in
      let file = "\(path)/none/last.h5"
      let error = #expect(throws: CheckpointError.self) { try writeSample(to: file) }
      #expect(error?.description == "\(file): cannot be written: No such file or directory")
      let folder = "\(path)/taken.h5"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let taken = #expect(throws: CheckpointError.self) { try writeSample(to: folder) }
      #expect(taken?.description == "\(folder): cannot be written: Is a directory")
      #expect(try names(in: path) == ["taken.h5"])
      let pipe = "\(path)/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let device = #expect(throws: CheckpointError.self) { try writeSample(to: pipe) }
      #expect(device?.description.contains("it is not a regular file") == true)
    }
  }

  @Test("a small disk that is full: the next save works once there is room")
  func fullDisk() throws {
    try inFolder { (path) throws in
      let mount = try run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path])
      guard mount.status == 0 else {
        print("the test of a full disk is skipped: \(mount.output)")
        return
      }
      defer { _ = try? run("umount", [path]) }
      let folder = CheckpointFolder(path)
      try save(folder, 1, floats: 1000)
      let before = try bytes(of: folder.last)
      let error = #expect(throws: CheckpointError.self) {
        try save(folder, 2, floats: 1_000_000)
      }
      guard case .diskFull(let needed, let free?) = error?.reason else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(needed >= 4_000_000 && free < 2 << 20)
      #expect(error?.description.contains("disk is full: \(needed) bytes are needed") == true)
      #expect(try names(in: path) == ["last.h5", "step-00000001.h5"])
      #expect(try bytes(of: folder.last) == before)
      try save(folder, 2, floats: 1000)
      #expect(try folder.newest().path == folder.last)

      #expect(try run("mount", ["-o", "remount,ro", path]).status == 0)
      let readOnly = #expect(throws: CheckpointError.self) { try folder.prepare() }
      #expect(
        readOnly?.description
          == "\(path): cannot hold checkpoints: Read-only file system; name another folder")
      #expect(throws: CheckpointError.self) { try CheckpointFolder("\(path)/new").prepare() }
      #expect(throws: CheckpointError.self) { try save(folder, 3, floats: 10) }
      #expect(try CheckpointFile.open(folder.last).attribute("step") == .integer(2))
    }
  }

  private func save(_ folder: CheckpointFolder, _ step: Int, floats count: Int) throws {
    let values = [Float](repeating: 1, count: count)
    try folder.save(
      step: step, .ordinary, keep: 1, bytes: 4 * count
    ) { (writer) throws(CheckpointError) in
      try writer.attribute("step", .integer(Int64(step)))
      try values.withUnsafeBufferPointer { (values) throws(CheckpointError) in
        try writer.floats("parameters/w", shape: [count], values)
      }
    }
  }

  @Test("a reader beside a writer always sees a whole file, the old or the new")
  func readerBesideWriter() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    let path = "\(folder)/last.h5"
    try writeSample(to: path, step: 0)
    async let writer: Void = {
      for step in 1...100 { try writeSample(to: path, step: Int64(step)) }
    }()
    var last: Int64 = 0
    while last < 100 {
      let file = try CheckpointFile.open(path)
      guard case .integer(let step) = try file.attribute("step") else { break }
      #expect(step >= last)
      last = step
      #expect(try file.floats("parameters/encoder.weight").values == sampleWeights)
    }
    try await writer
  }
}
