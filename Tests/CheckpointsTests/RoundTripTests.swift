import Checkpoints
import Foundation
import Testing

@Suite("What is written is read")
struct RoundTripTests {
  @Test("by this program: every type, shape and attribute")
  func readBack() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      let file = try CheckpointFile.open(path)
      #expect(try file.names() == ["history", "optimizer", "parameters", "vocabulary"])
      #expect(try file.names(in: "parameters") == ["encoder.weight", "none", "scalar"])
      #expect(try file.attributeNames() == ["configuration", "constrained", "rate", "step"])
      #expect(try file.attribute("step") == .integer(120))
      #expect(try file.attribute("rate") == .real(0.1))
      #expect(try file.attribute("constrained") == .truth(true))
      #expect(try file.attribute("configuration") == .string("model:\n  kind: copymtl\n"))
      #expect(try file.attribute("beta1", on: "optimizer") == .real(0.9))
      let weights = try file.floats("parameters/encoder.weight")
      #expect(weights.shape == [3, 4])
      #expect(weights.values == sampleWeights)
      #expect(try file.floats("parameters/scalar").shape == [])
      #expect(try file.floats("parameters/scalar").values == [sampleWeights[0]])
      #expect(try file.shape(of: "parameters/none") == [0, 4])
      #expect(try file.integers("history/step").values == [10, -20, .max])
      #expect(try file.doubles("history/loss").values == [2.5, .infinity, 0.1])
      #expect(try file.strings("vocabulary/words") == ["the", "", "Köln", "日本", "a b"])
      #expect(try file.strings("vocabulary/none") == [])
      let found = [
        file.contains("vocabulary/words"), file.contains("vocabulary/words/deeper"),
        file.contains("vocabulary/tags"),
      ]
      #expect(found == [true, false, false])
    }
  }

  @Test("into memory that the caller has, of the shape that is asked for")
  func readIntoBuffer() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      let file = try CheckpointFile.open(path)
      var values = [Float](repeating: .nan, count: 12)
      try values.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
        try file.floats("parameters/encoder.weight", into: buffer, shape: [3, 4])
      }
      #expect(values == sampleWeights)
      #expect(throws: CheckpointError.self) {
        try values.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
          try file.floats("parameters/encoder.weight", into: buffer, shape: [4, 3])
        }
      }
    }
  }

  @Test("by h5py, which knows nothing of tercet", .enabled(if: python != nil))
  func readByH5py() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try writeSample(to: path)
      let outcome = try h5py(
        path,
        """
        f = h5py.File(path, "r")
        assert f.userblock_size == 512
        assert f.attrs["step"] == 120 and f.attrs["step"].dtype == np.int64
        assert f.attrs["rate"] == 0.1 and f.attrs["rate"].dtype == np.float64
        assert f.attrs["constrained"].dtype == bool and f.attrs["constrained"]
        assert f.attrs["configuration"] == "model:\\n  kind: copymtl\\n"
        assert f["optimizer"].attrs["beta1"] == 0.9
        w = f["parameters/encoder.weight"]
        assert w.dtype == np.dtype("<f4") and w.shape == (3, 4) and w.fletcher32 and w.chunks
        assert w.compression is None and not w.shuffle
        expected = (np.arange(12, dtype="f4") * np.float32(.37) - np.float32(1.5)).reshape(3, 4)
        assert np.array_equal(w[()], expected), w[()]
        assert f["parameters/scalar"][()] == np.float32(-1.5)
        assert f["parameters/none"].shape == (0, 4)
        assert list(f["history/step"]) == [10, -20, 2**63 - 1] and f["history/step"].fletcher32
        assert f["history/loss"].dtype == np.dtype("<f8")
        assert list(f["history/loss"]) == [2.5, np.inf, .1]
        assert list(f["vocabulary/words"].asstr()) == ["the", "", "Köln", "日本", "a b"]
        assert f["vocabulary/none"].shape == (0,)
        def look(name, thing):
            assert isinstance(thing, h5py.Group) or thing.shape == () or thing.fletcher32, name
        f.visititems(look)
        """)
      #expect(outcome.status == 0, "\(outcome.output)")
    }
  }

  @Test("by h5dump, and h5diff finds no difference", .enabled(if: hasHDF5Tools))
  func readByTools() throws {
    try inFolder { (folder) throws in
      for name in ["a", "b"] { try writeSample(to: "\(folder)/\(name).h5") }
      let dump = try run("h5dump", ["\(folder)/a.h5"])
      #expect(dump.status == 0 && dump.output.contains("\"the\""), "\(dump.output)")
      #expect(!dump.output.contains("error"), "\(dump.output)")
      let diff = try run("h5diff", ["-c", "\(folder)/a.h5", "\(folder)/b.h5"])
      #expect(diff.status == 0, "\(diff.output)")
      try writeSample(to: "\(folder)/b.h5", step: 121)
      #expect(try run("h5diff", ["-c", "\(folder)/a.h5", "\(folder)/b.h5"]).status == 1)
    }
  }

  @Test("arrays of several chunks keep their values, whatever their shape")
  func severalChunks() throws {
    let shape = [3, 5, 40_000]
    let values = (0..<600_000).map { Float($0) }
    #expect(CheckpointWriter.chunk(of: shape, elementBytes: 4) == [1, 5, 40_000])
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
        try values.withUnsafeBufferPointer { (values) throws(CheckpointError) in
          try writer.floats("big", shape: shape, values)
        }
      }
      #expect(try CheckpointFile.open(path).floats("big").values == values)
    }
  }

  @Test(
    "chunks have about a mebibyte, cut along the leading axes",
    arguments: [
      ([1000, 1000], [262, 1000]), ([4, 1_000_000], [1, 262_144]), ([7], [7]), ([0, 3], [1, 3]),
      ([2, 0], [2, 1]), ([2, 2, 262_144], [1, 1, 262_144]), ([400_000], [262_144]),
    ])
  func chunkShapes(shape: [Int], chunk: [Int]) {
    #expect(CheckpointWriter.chunk(of: shape, elementBytes: 4) == chunk)
  }

  @Test("a string with a zero byte is refused, not cut")
  func zeroByteInString() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      let error = #expect(throws: CheckpointError.self) {
        try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
          try writer.strings("words", ["a", "b\0c"])
        }
      }
      #expect(error?.description == "\(path): 'words' has a string with a zero byte")
      #expect(try names(in: folder) == [])
    }
  }

  @Test("20,000 strings of all lengths come back")
  func manyStrings() throws {
    let words = (0..<20_000).map { String(repeating: "ä\($0)", count: $0 % 7) }
    try inFolder { (folder) throws in
      let path = "\(folder)/a.h5"
      try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
        try writer.strings("words", words)
      }
      #expect(try CheckpointFile.open(path).strings("words") == words)
    }
  }
}

@Suite("Equal contents are equal bytes")
struct DeterminismTests {
  @Test("in one process, under other names, over an old file, between other writes")
  func sameProcess() throws {
    try inFolder { (folder) throws in
      try writeSample(to: "\(folder)/a.h5")
      try writeSample(to: "\(folder)/b.h5", step: 7)
      try writeSample(to: "\(folder)/a-much-longer-name.h5")
      try writeSample(to: "\(folder)/b.h5")
      let first = try bytes(of: "\(folder)/a.h5")
      #expect(try bytes(of: "\(folder)/a-much-longer-name.h5") == first)
      #expect(try bytes(of: "\(folder)/b.h5") == first)
    }
  }

  @Test("of another process too, as no object has a time", .enabled(if: hasHDF5Tools))
  func noTimes() async throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    try writeSample(to: "\(folder)/here.h5")
    await #expect(processExitsWith: .success) { [folder = folder as String] in
      // Memory that was used before must not show in the file.
      let garbage = [UInt8](repeating: 0xA5, count: 1 << 22)
      precondition(garbage.count > 0)
      try writeSample(to: "\(folder)/there.h5")
    }
    #expect(try bytes(of: "\(folder)/there.h5") == bytes(of: "\(folder)/here.h5"))
    let listing = try run("h5ls", ["-rv", "\(folder)/here.h5"])
    #expect(listing.status == 0 && !listing.output.contains("Modified:"), "\(listing.output)")
  }
}
