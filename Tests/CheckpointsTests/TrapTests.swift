import Checkpoints
import Testing

@Suite("A programmer's mistake traps")
struct TrapTests {
  @Test("values that do not fit the shape they are written with")
  func writtenShape() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    await #expect(processExitsWith: .failure) { [path = "\(folder)/a.h5" as String] in
      try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
        try writer.integers("x", shape: [2, 2], [1, 2, 3])
      }
    }
  }

  @Test("a buffer that does not fit the shape it is to be filled with")
  func readShape() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    try writeSample(to: "\(folder)/a.h5")
    await #expect(processExitsWith: .failure) { [path = "\(folder)/a.h5" as String] in
      let file = try CheckpointFile.open(path)
      var values = [Float](repeating: 0, count: 11)
      try values.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
        try file.floats("parameters/encoder.weight", into: buffer, shape: [3, 4])
      }
    }
  }

  @Test("a folder that is to keep no step")
  func keepNone() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    await #expect(processExitsWith: .failure) { [folder = folder as String] in
      try CheckpointFolder(folder).save(step: 1, .ordinary, keep: 0) { _ in }
    }
  }
}
