import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite("files of safetensors")
struct SafeTensorsFileTests {
  /// Writes a file of a header and elements, and opens it.
  private func withFile(
    _ header: String, _ elements: [UInt8], length: UInt64? = nil,
    _ body: (borrowing SafeTensorsFile) throws -> Void
  ) throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a.safetensors"
      let count = length ?? UInt64(header.utf8.count)
      try write(
        withUnsafeBytes(of: count.littleEndian, Array.init) + Array(header.utf8) + elements,
        to: path)
      try body(SafeTensorsFile(path))
    }
  }

  /// The line with which a file is refused, without its path.
  private func refusal(_ header: String, _ elements: [UInt8], length: UInt64? = nil) -> String? {
    do {
      try withFile(header, elements, length: length) { (file) throws in
        for name in file.entries.keys.sorted() { _ = try file.floats(name) }
      }
      return nil
    } catch { return "\(error)".split(separator: ": ", maxSplits: 1).last.map(String.init) }
  }

  @Test("single, half and brain precision are read, row-major")
  func values() throws {
    let header =
      #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
      + #""h":{"dtype":"F16","shape":[5],"data_offsets":[8,18]},"#
      + #""b":{"dtype":"BF16","shape":[],"data_offsets":[18,20]},"#
      + #""n":{"dtype":"I64","shape":[1],"data_offsets":[20,28]}}"#
    // 1.5 and −2; in half precision 1, −2, 2⁻²⁴, 65504 and infinity; 3.
    let elements: [UInt8] =
      [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0x3C, 0, 0xC0, 1, 0, 0xFF, 0x7B, 0, 0x7C, 0x40, 0x40]
      + [7, 0, 0, 0, 0, 0, 0, 0]
    try withFile(header, elements) { (file) throws in
      let a = try file.floats("a")
      #expect(a.shape == [2, 1] && a.values == [1.5, -2])
      #expect(try file.floats("h").values == [1, -2, 0x1p-24, 65504, .infinity])
      let b = try file.floats("b")
      #expect(b.shape.isEmpty && b.values == [3])
      #expect(file.entries["n"]?.shape == [1])
      let error = #expect(throws: CheckpointError.self) { () throws in try file.floats("n") }
      #expect(
        error?.description == "\(file.path): 'n' holds I64; F32, F16 or BF16 is expected")
    }
  }

  @Test(
    "a header that claims what is not there is refused before memory is taken",
    arguments: [
      (
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        "'a' has no bytes for its shape [2]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        "'a' has no bytes for its shape [1]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        "'a' has no bytes for its shape [1]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        "'a' has no bytes for its shape [1]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#,
        "'a' has the shape [-1, -1]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
        "'a' has the shape [4611686018427387904, 4]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1]}}"#,
        "cannot be read: its header is not that of safetensors"
      ),
      (#"[]"#, "cannot be read: its header is not that of safetensors"),
    ])
  func claims(header: String, expected: String) {
    #expect(refusal(header, [0, 0, 0x80, 0x3F]) == expected)
  }

  @Test("a length of the header beyond the file is refused")
  func longHeader() {
    for length in [5, 1 << 40, UInt64.max] {
      #expect(
        refusal("{}", [], length: length)
          == "cannot be read: its first eight bytes are no length of a header")
    }
  }

  @Test("what is written is read", arguments: [[3, 2], []])
  func roundTrip(shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map { Float($0) / 3 }
    let bytes = values.withUnsafeBufferPointer { values in
      let tensor = SafeTensors.Tensor("x.y", shape: shape, values)
      return SafeTensors.beginning(of: [tensor], metadata: ["m": "n"]).map { $0 + tensor.elements }
    }
    try inFolder { (folder) throws in
      try write(try #require(bytes), to: "\(folder)/f")
      let file = try SafeTensorsFile("\(folder)/f")
      let found = try file.floats("x.y")
      #expect(found.shape == shape && found.values == values)
    }
  }
}
