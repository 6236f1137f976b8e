import Checkpoints
import Foundation
import Testing

@Suite("A file that is not whole is refused, with the reason")
struct DamageTests {
  /// The reason why these bytes are refused; nil where they are taken.
  private func refusal(_ contents: [UInt8], in folder: String) throws -> CheckpointError.Reason? {
    let path = "\(folder)/changed.h5"
    try write(contents, to: path)
    do {
      let file = try CheckpointFile.open(path)
      _ = try file.names()
      return nil
    } catch {
      #expect(error.description.hasPrefix("\(path): ") && !error.description.contains("\n"))
      return error.reason
    }
  }

  private func sample(in folder: String) throws -> [UInt8] {
    try writeSample(to: "\(folder)/sample.h5")
    return try bytes(of: "\(folder)/sample.h5")
  }

  @Test("any flipped bit of the 512 bytes of the header")
  func flippedHeader() throws {
    try inFolder { (folder) throws in
      var contents = try sample(in: folder)
      for position in 0..<512 {
        contents[position] ^= 1 << UInt8(position % 8)
        let reason = try refusal(contents, in: folder)
        contents[position] ^= 1 << UInt8(position % 8)
        switch reason {
        case .damaged where position >= 12: break
        case .foreign where position < 12: break
        default: Issue.record("byte \(position): \(String(describing: reason))")
        }
      }
      #expect(try refusal(contents, in: folder) == nil)
    }
  }

  @Test("any flipped bit after the header")
  func flippedContents() throws {
    try inFolder { (folder) throws in
      var contents = try sample(in: folder)
      // 31 shares no factor with the sizes of HDF5's structures.
      for position in stride(from: 512, to: contents.count, by: 31) + [contents.count - 1] {
        contents[position] ^= 1 << UInt8(position % 8)
        let reason = try refusal(contents, in: folder)
        contents[position] ^= 1 << UInt8(position % 8)
        #expect(
          reason == .damaged("its contents do not match their checksum"), "byte \(position)")
      }
    }
  }

  @Test("a byte taken out, put in, and two bytes exchanged")
  func movedBytes() throws {
    try inFolder { (folder) throws in
      let contents = try sample(in: folder)
      var changed = contents
      changed.remove(at: 3000)
      #expect(
        try refusal(changed, in: folder)
          == .truncated(found: contents.count - 1, expected: contents.count))
      changed.append(0)
      #expect(
        try refusal(changed, in: folder) == .damaged("its contents do not match their checksum"))
      #expect(
        try refusal(contents + [0], in: folder)
          == .overlong(found: contents.count + 1, expected: contents.count))
      changed = contents
      changed.swapAt(512, 513)
      #expect(
        try refusal(changed, in: folder) == .damaged("its contents do not match their checksum"))
    }
  }

  @Test("cut anywhere")
  func truncated() throws {
    try inFolder { (folder) throws in
      let contents = try sample(in: folder)
      #expect(try refusal([], in: folder) == .empty)
      for count in [1, 11, 12, 511] {
        #expect(
          try refusal(Array(contents[..<count]), in: folder)
            == .truncated(found: count, expected: 512))
      }
      for count in [512, 513, contents.count / 2, contents.count - 1] {
        #expect(
          try refusal(Array(contents[..<count]), in: folder)
            == .truncated(found: count, expected: contents.count))
      }
    }
  }

  @Test("of a newer version, which is said so")
  func newerVersion() throws {
    try inFolder { (folder) throws in
      var contents = try sample(in: folder)
      contents[12] = 2
      let check = contents[..<504].withUnsafeBytes { Checksum.of($0) }
      for byte in 0..<8 { contents[504 + byte] = UInt8(truncatingIfNeeded: check >> (8 * byte)) }
      #expect(try refusal(contents, in: folder) == .newer(version: 2))
      #expect(
        CheckpointErrorText.of("\(folder)/changed.h5").contains("newer tercet: format version 2"))
    }
  }

  @Test(
    "of something else",
    arguments: [
      (Array("{\"step\": 1}\n".utf8), "it holds text"),
      ([UInt8](repeating: 0, count: 4096), "it holds zeros only"),
      (
        [0x1F, 0x8B, 8, 0] + [UInt8](repeating: 7, count: 900),
        "it does not start with tercet's header"
      ),
    ])
  func foreign(contents: [UInt8], looks: String) throws {
    try inFolder { (folder) throws in
      #expect(try refusal(contents, in: folder) == .foreign(looks))
    }
  }

  @Test("HDF5 of another program", .enabled(if: python != nil))
  func plainHDF5() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/plain.h5"
      #expect(try h5py(path, "h5py.File(path, 'w')['x'] = [1.0]").status == 0)
      #expect(
        try refusal(bytes(of: path), in: folder) == .foreign("an HDF5 file without tercet's header")
      )
    }
  }

  @Test("missing, a folder, a pipe")
  func notAFile() throws {
    try inFolder { (folder) throws in
      let missing = "\(folder)/none.h5"
      #expect(CheckpointErrorText.of(missing) == "\(missing): no such file")
      #expect(
        CheckpointErrorText.of(folder) == "\(folder): is a folder, not a file; name a file in it")
      let pipe = "\(folder)/pipe"
      #expect(try run("mkfifo", [pipe]).status == 0)
      #expect(
        CheckpointErrorText.of(pipe)
          == "\(pipe): is not a checkpoint of tercet: it is not a regular file")
      let below = "\(folder)/pipe/last.h5"
      #expect(CheckpointErrorText.of(below) == "\(below): cannot be read: Not a directory")
    }
  }

  @Test("The checksum is CRC-64/XZ, by its published check value")
  func checkValue() {
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { Checksum.of($0) } == 0x995D_C9BB_DF19_39FA)
  }
}

/// What a user reads when a checkpoint is refused.
enum CheckpointErrorText {
  static func of(_ path: String) -> String {
    do {
      let file = try CheckpointFile.open(path)
      return "taken with \(try file.names().count) groups"
    } catch {
      return error.description
    }
  }
}

private func + (stride: StrideTo<Int>, more: [Int]) -> [Int] { Array(stride) + more }
