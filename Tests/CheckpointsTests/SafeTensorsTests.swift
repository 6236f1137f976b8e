import Checkpoints
import Foundation
import Testing

@Suite("safetensors")
struct SafeTensorsTests {
  /// Writes tensors of these shapes, whose elements are 1, 2, 3 and so on, through all of them.
  private func write(
    _ shapes: KeyValuePairs<String, [Int]>, _ metadata: [String: String], to path: String
  ) throws -> Int {
    let counts = shapes.map { $0.value.reduce(1, *) }
    let values = (0..<counts.reduce(0, +)).map { Float($0 + 1) }
    return try values.withUnsafeBufferPointer { values in
      var start = 0
      let tensors = zip(shapes, counts).map { shape, count in
        defer { start += count }
        let part = UnsafeBufferPointer(rebasing: values[start..<start + count])
        return SafeTensors.Tensor(shape.key, shape: shape.value, part)
      }
      return try SafeTensors.write(tensors, metadata: metadata, to: path)
    }
  }

  /// The format's own page: a length of eight bytes, JSON filled up with blanks, the elements without gaps.
  @Test("a file has the bytes of the format, tensors by name, whatever their order")
  func format() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/new/a.safetensors"
      let words = #"["ä","\"x/"]"#
      let length = try write(["b.weight": [1, 2], "a": [1]], ["words": words], to: path)
      let json =
        #"{"__metadata__":{"words":"[\"ä\",\"\\\"x/\"]"},"#
        + #""a":{"data_offsets":[0,4],"dtype":"F32","shape":[1]},"#
        + #""b.weight":{"data_offsets":[4,12],"dtype":"F32","shape":[1,2]}}"#
      let blanks = (8 - json.utf8.count % 8) % 8
      let header = Array(json.utf8) + Array(repeating: UInt8(ascii: " "), count: blanks)
      let expected =
        [UInt8(header.count & 255), UInt8(header.count >> 8), 0, 0, 0, 0, 0, 0] + header
        + [0, 0, 0x40, 0x40, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
      #expect(try bytes(of: path) == expected)
      #expect(length == expected.count)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new").count == 1)
    }
  }

  @Test("a header that readers refuse is refused before a file is made")
  func longHeader() throws {
    try inFolder { (folder) throws in
      let path = "\(folder)/a"
      let words = String(repeating: "w", count: 100_000_000)
      #expect {
        _ = try write(["a": [1]], ["words": words], to: path)
      } throws: { error in
        "\(error)".contains("safetensors reads 100000000 at most")
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
