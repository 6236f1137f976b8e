import Checkpoints
import Foundation
import Testing

@Suite("The folder of a run")
struct FolderTests {
  private func save(
    _ folder: CheckpointFolder, _ step: Int, _ standing: CheckpointFolder.Standing, keep: Int
  ) throws {
    try folder.save(step: step, standing, keep: keep) { (writer) throws(CheckpointError) in
      try fill(writer, step: Int64(step))
    }
  }

  private func step(of path: String) throws -> AttributeValue {
    try CheckpointFile.open(path).attribute("step")
  }

  @Test("a best checkpoint of other contents, which no run goes on from")
  func weightsAlone() throws {
    try inFolder { (parent) throws in
      let folder = CheckpointFolder("\(parent)/a")
      try folder.prepare()
      let slim = { (writer: borrowing CheckpointWriter) throws(CheckpointError) in
        try fill(writer, step: 20)
        try CheckpointFolder.markWeightsAlone(writer)
      }
      try save(folder, 10, .ordinary, keep: 2)
      try folder.save(step: 20, .best, keep: 2, best: slim) { (writer) throws(CheckpointError) in
        try fill(writer, step: 20)
      }
      #expect(try CheckpointFolder.isWeightsAlone(CheckpointFile.open(folder.best)))
      #expect(try !CheckpointFolder.isWeightsAlone(CheckpointFile.open(folder.last)))
      for name in ["last.h5", "step-00000020.h5"] { unlink("\(folder.path)/\(name)") }
      #expect(try folder.newest().path == "\(folder.path)/step-00000010.h5")
      for name in ["last.h5", "step-00000010.h5"] { unlink("\(folder.path)/\(name)") }
      #expect(throws: CheckpointError(folder.best, .weightsAlone)) { try folder.newest() }
    }
  }

  @Test("keeps the last steps, the newest and the best")
  func rotation() throws {
    try inFolder { (parent) throws in
      let folder = CheckpointFolder("\(parent)/runs/a")
      #expect(try !folder.containsCheckpoints() && folder.newest().path == nil)
      try folder.prepare()
      #expect(try names(in: folder.path) == [])
      try save(folder, 10, .best, keep: 2)
      #expect(try folder.containsCheckpoints())
      for step in [20, 30, 100_000_000] { try save(folder, step, .ordinary, keep: 2) }
      #expect(
        try names(in: folder.path) == [
          "best.h5", "last.h5", "step-00000030.h5", "step-100000000.h5",
        ])
      #expect(try step(of: folder.best) == .integer(10))
      #expect(try step(of: folder.last) == .integer(100_000_000))
      #expect(try folder.newest().path == folder.last)
      try save(folder, 40, .best, keep: 1)
      #expect(try names(in: folder.path) == ["best.h5", "last.h5", "step-00000040.h5"])
      #expect(try step(of: folder.best) == .integer(40))
      #expect(try bytes(of: folder.best) == bytes(of: folder.last))
    }
  }

  @Test("goes on from the highest step, also where a crash came before last.h5")
  func newest() throws {
    try inFolder { (path) throws in
      let folder = CheckpointFolder(path)
      try save(folder, 9, .best, keep: 3)
      try save(folder, 9, .best, keep: 3)
      #expect(try names(in: path) == ["best.h5", "last.h5", "step-00000009.h5"])
      try writeSample(to: "\(path)/step-00000010.h5", step: 10)
      try writeSample(to: "\(path)/other.h5", step: 99)
      #expect(try folder.newest() == .init(path: "\(path)/step-00000010.h5"))
    }
  }

  @Test("sets a damaged file aside under all of its names and goes on from the one before")
  func damaged() throws {
    try inFolder { (path) throws in
      let folder = CheckpointFolder(path)
      try save(folder, 1, .best, keep: 3)
      try save(folder, 2, .ordinary, keep: 3)
      try damage(folder.last)
      let before = "\(path)/step-00000001.h5"
      let reason = "is damaged: its contents do not match their checksum"
      let aside = "set aside as last.h5.damaged and step-00000002.h5.damaged"
      #expect(
        try folder.newest()
          == .init(path: "\(path)/best.h5", setAside: ["\(folder.last): \(reason); \(aside)"]))
      let damaged = ["last.h5.damaged", "step-00000002.h5.damaged"]
      #expect(
        try names(in: path) == ["best.h5", "last.h5"] + damaged[..<1] + ["step-00000001.h5"]
          + damaged[1...])
      #expect(try bytes(of: folder.last) == bytes(of: before))
      #expect(try folder.newest() == .init(path: folder.last))
      // No file takes the place of one that was set aside earlier.
      try write([1], to: "\(path)/step-00000002.h5")
      #expect(try folder.newest().setAside[0].hasSuffix("as step-00000002.h5.damaged-2"))
    }
  }

  @Test("changes nothing where no checkpoint is whole")
  func noneWhole() throws {
    try inFolder { (path) throws in
      let folder = CheckpointFolder(path)
      try save(folder, 1, .best, keep: 1)
      try damage(folder.last)
      try write(Array("{}".utf8), to: "\(path)/step-00000002.h5")
      let before = try names(in: path)
      let error = #expect(throws: CheckpointError.self) { try folder.newest() }
      let text = try #require(error?.description)
      #expect(text.hasPrefix("\(path): none of its checkpoints is whole, 2 damaged, such as "))
      #expect(text.contains("last.h5: is damaged") && text.contains("--overwrite"))
      #expect(try names(in: path) == before)
    }
  }

  @Test("best.h5 comes back where a file of its step is left")
  func restoreBest() throws {
    try inFolder { (path) throws in
      let folder = CheckpointFolder(path)
      try save(folder, 1, .best, keep: 2)
      try save(folder, 2, .ordinary, keep: 2)
      try FileManager.default.removeItem(atPath: folder.best)
      #expect(try !folder.restoreBest(step: 3))
      #expect(try folder.restoreBest(step: 1))
      #expect(try step(of: folder.best) == .integer(1))
    }
  }

  /// Changes a bit of a file where it lies, under all of its names.
  private func damage(_ path: String) throws {
    let contents = try bytes(of: path)
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seek(toOffset: 700)
    try file.write(contentsOf: [contents[700] ^ 1])
  }

  @Test("is cleared of what tercet wrote and of nothing else")
  func clear() throws {
    try inFolder { (path) throws in
      let folder = CheckpointFolder(path)
      try save(folder, 1, .best, keep: 1)
      let mine = ["report.json", "step-1.h5", "step-x.h5", ".last.h5.tmp-", "best.h5.bak"]
      let leftovers = [".last.h5.tmp-4711", ".step-00000003.h5.tmp-12"]
      for name in mine + leftovers { try write([1], to: "\(path)/\(name)") }
      try folder.prepare()
      #expect(try Set(names(in: path)).isDisjoint(with: leftovers))
      try write([1], to: "\(path)/\(leftovers[1])")
      try folder.clear()
      #expect(try !folder.containsCheckpoints())
      #expect(try names(in: path) == mine.sorted())
    }
  }

  @Test("that is a file, or below one, is refused before training")
  func fileInPlace() throws {
    try inFolder { (path) throws in
      let file = "\(path)/file"
      try write([1], to: file)
      let place = #expect(throws: CheckpointError.self) { try CheckpointFolder(file).prepare() }
      #expect(
        place?.description
          == "\(file): cannot hold checkpoints: it is a file; name another folder")
      let below = #expect(throws: CheckpointError.self) {
        try CheckpointFolder("\(file)/deep/er").prepare()
      }
      #expect(below?.description.contains("Not a directory") == true)
      #expect(throws: CheckpointError.self) {
        try CheckpointFolder(file).containsCheckpoints()
      }
    }
  }

  @Test("gets copies where the file system has no links, and loses no name for it")
  func copies() throws {
    try inFolder { (path) throws in
      let (source, copy) = ("\(path)/a.h5", "\(path)/b.h5")
      try writeSample(to: source)
      try AtomicFile.duplicate(source, as: copy, link: { _, _ in -1 })
      #expect(try bytes(of: source) == bytes(of: copy))
      let files = FileManager.default
      let number = try files.attributesOfItem(atPath: copy)[.systemFileNumber] as? UInt64
      try AtomicFile.duplicate(source, as: copy)
      #expect(
        try files.attributesOfItem(atPath: copy)[.systemFileNumber] as? UInt64 != number)
      // Both names are one file by now: `rename` leaves such a pair alone.
      try AtomicFile.duplicate(source, as: copy)
      #expect(try names(in: path) == ["a.h5", "b.h5"])
    }
  }
}
