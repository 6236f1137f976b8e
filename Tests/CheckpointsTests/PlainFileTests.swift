import Foundation
import Testing

@testable import Checkpoints

@Suite("HDF5 files of other programs", .enabled(if: python != nil))
struct PlainFileTests {
  /// Writes a file by a script and opens it.
  private func withFile(
    _ script: String, _ body: (borrowing HDF5File, String) throws -> Void
  ) throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/plain.h5"
      let outcome = try h5py(path, "f = h5py.File(path, 'w')\n" + script)
      #expect(outcome.status == 0, "\(outcome.output)")
      try body(HDF5File(reading: path), path)
    }
  }

  @Test("h5py's numbers, strings and truth values are read")
  func types() throws {
    try withFile(
      """
      f["f64"] = np.arange(6.0).reshape(2, 3) / 7
      f["f32"] = np.arange(3, dtype="f4") / 7
      f["i64"] = np.array([[-1], [2**40]])
      f["u8"] = np.array([255], dtype="u1")
      f["u64"] = np.array([2**64 - 1], dtype="u8")
      f["deep/a.b/c"] = [1.5]
      f["fixed"] = np.array(["Köln".encode(), b"yz"])
      f.attrs.update(cell="lstm", empty="", fixed=np.bytes_(b"abc"), inner=True, outer=False,
                     count=7, small=np.int8(-3), lam=.25, single=np.float32(.5), list=[1, 2])
      """
    ) { (file, _) throws in
      #expect(try file.doubles("f64").shape == [2, 3])
      #expect(try file.doubles("f64").values == (0..<6).map { Double($0) / 7 })
      #expect(try file.doubles("f32").values == (0..<3).map { Double(Float($0) / 7) })
      #expect(try file.integers("i64").values == [-1, 1 << 40])
      #expect(try file.integers("u8").values == [255])
      #expect(try file.doubles("deep/a.b/c").values == [1.5])
      #expect(try file.strings("fixed") == ["Köln", "yz"])
      #expect(try file.isGroup("deep/a.b") && !file.isGroup("fixed"))
      let expected: [String: AttributeValue] = [
        "cell": .string("lstm"), "empty": .string(""), "fixed": .string("abc"),
        "inner": .truth(true), "outer": .truth(false), "count": .integer(7),
        "small": .integer(-3), "lam": .real(0.25), "single": .real(0.5),
      ]
      for (name, value) in expected { #expect(try file.attribute(name) == value) }
      #expect(throws: CheckpointError.self) { try file.attribute("list") }
      #expect(throws: CheckpointError.self) { try file.integers("u64") }
    }
  }

  @Test(
    "what was not asked for is refused by name",
    arguments: [
      ("none", "is missing"), ("f64/x", "is missing"), ("group", "is not a dataset"),
      ("f64", "holds float64; float32 is expected"), ("soft", "is a link; links are not followed"),
      ("external", "is a link; links are not followed"),
      ("soft_group/f64", "is a link; links are not followed"),
      ("gzip", "uses HDF5 filter 1; only fletcher32 is read"),
      ("outside", "keeps its data in another file"),
      ("virtual", "keeps its data in another file"),
      ("huge", "claims shape [1099511627776], more than the file holds"),
      ("overflow", "claims shape [4611686018427387904, 4], more than the file holds"),
      ("chunky", "claims chunks of more bytes than the file holds"),
      ("compound", "holds another type; float32 is expected"),
      ("big_endian", "holds another type; float32 is expected"),
      ("odd", "holds another type; float32 is expected"),
      ("committed", "is not a dataset"), ("cycle/cycle/cycle", "is not a dataset"),
    ])
  func refusals(name: String, problem: String) throws {
    try withFile(
      """
      f["f64"] = [1.0]
      f.create_group("group")
      f["soft"] = h5py.SoftLink("/f64")
      f["soft_group"] = h5py.SoftLink("/")
      f["external"] = h5py.ExternalLink("/etc/passwd", "/")
      f.create_dataset("gzip", data=np.zeros(9, "f4"), compression="gzip")
      f.create_dataset("outside", (4,), "f4", external=[("/etc/passwd", 0, 16)])
      layout = h5py.VirtualLayout((4,), "f4")
      layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4,))
      f.create_virtual_dataset("virtual", layout)
      f.create_dataset("huge", (2**40,), "f4", chunks=(1024,))
      f.create_dataset("overflow", (2**62, 4), "f4", chunks=(2, 4))
      f.create_dataset("chunky", (4,), "f4", chunks=(2**29,), maxshape=(None,))
      f["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
      f["big_endian"] = np.zeros(2, ">f4")
      odd = h5py.h5t.IEEE_F32LE.copy()
      odd.set_ebias(100)
      h5py.h5d.create(f.id, b"odd", odd, h5py.h5s.create_simple((2,)))
      f["committed"] = np.dtype("f4")
      f["cycle"] = f["/"]
      """
    ) { (file, path) throws in
      let error = #expect(throws: CheckpointError.self) { try file.floats(name) }
      #expect(error?.description == "\(path): '\(name)' \(problem)")
    }
  }

  @Test("a list of strings that could share their bytes is refused")
  func sharedStrings() throws {
    try withFile("f['words'] = ['x', 'Köln']") { (file, path) throws in
      let error = #expect(throws: CheckpointError.self) { try file.strings("words") }
      #expect(
        error?.description
          == "\(path): 'words' holds strings of their own lengths; "
          + "strings of one length are expected")
    }
  }

  /// What the reader's process finds in a file that a script has written.
  private func foreign(
    _ script: String, _ body: (borrowing Checkpoint) throws -> Void
  ) throws -> CheckpointError? {
    try inFolder { (folder) throws in
      let path = "\(folder)/plain.h5"
      let outcome = try h5py(path, "f = h5py.File(path, 'w')\n" + script)
      #expect(outcome.status == 0, "\(outcome.output)")
      do throws(CheckpointError) {
        let file = try CheckpointFile.openForeign(path, reading: .groups(["vocab", "deep"]))
        #expect(throws: Never.self) { () throws in try body(file) }
        return nil
      } catch { return error }
    }
  }

  @Test("another process reads strings of their own lengths and arrays of a file without a header")
  func foreignFile() throws {
    let error = try foreign(
      """
      f.create_dataset("vocab", data=["[PAD]", "", "Köln", "##n"], dtype=h5py.string_dtype())
      f["deep/a"] = np.float32([[1, 2]])
      f["other"] = np.float32([3])
      f["deep"].attrs["name"] = "x"
      """
    ) { (file) throws in
      #expect(try file.strings("vocab") == ["[PAD]", "", "Köln", "##n"])
      #expect(try file.floats("deep/a").values == [1, 2])
      #expect(try file.shape(of: "other") == [1])
      #expect(try file.attribute("name", on: "deep") == .string("x"))
    }
    #expect(error == nil)
  }

  @Test(
    "strings of one length, which would come to more than the file holds, are refused",
    arguments: [
      (60000, "'vocab' comes to more than 268435456 bytes"),
      (5000, "'/' holds more than the file has bytes for"),
    ])
  func longStrings(count: Int, problem: String) throws {
    let error = try foreign(
      """
      f.create_dataset("vocab", data=["x" * \(count)] + ["y"] * \(count), dtype=h5py.string_dtype())
      """
    ) { (_) throws in }
    #expect(error?.description.hasSuffix(problem) ?? false)
  }

  @Test("a group inside itself has no endless listing, though its checksum is right")
  func cycle() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/cycle.h5"
      let script = "f = h5py.File(path, 'w', userblock_size=512); f['a'] = f['/']"
      #expect(try h5py(path, script).status == 0)
      let contents = try Array(bytes(of: path)[UserBlock.size...])
      let checksum = contents.withUnsafeBytes { Checksum.of($0) }
      let block = UserBlock(length: UserBlock.size + contents.count, checksum: checksum)
      try write(block.bytes + contents, to: path)
      let error = #expect(throws: CheckpointError.self) { () throws in
        try Inspection.listing(of: path)
      }
      #expect(error?.description.hasSuffix("is a second name of what was listed before") ?? false)
    }
  }

  @Test("a file that is not HDF5, or cut short, is refused in one line, and nothing is printed")
  func broken() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      try inFolder { (folder) throws in
        let path = "\(folder)/sample.h5"
        try writeSample(to: path)
        let whole = try bytes(of: path)
        let cut = "\(folder)/cut.h5"
        for contents in [Array("{}".utf8), Array(whole[512..<2000]), Array(whole[..<900])] {
          try write(contents, to: cut)
          do {
            let file = try HDF5File(reading: cut)
            _ = try file.strings("vocabulary/words")
            preconditionFailure("taken")
          } catch let error as CheckpointError {
            precondition(error.description.hasPrefix("\(cut): HDF5 failed in H5Fopen: "))
            precondition(!error.description.contains("\n"))
          }
        }
      }
    }
    let printed = (result?.standardErrorContent ?? []) + (result?.standardOutputContent ?? [])
    let text = String(decoding: printed, as: UTF8.self)
    #expect(!text.contains("HDF5-DIAG") && !text.contains("H5"), "\(text)")
  }
}
