import Checkpoints
import Testing

@Suite("safetensors")
struct SafeTensorsTests {
  /// A file of tensors of these shapes, whose elements are 1, 2, 3 and so on, through all of them.
  private func file(
    _ shapes: KeyValuePairs<String, [Int]>, _ metadata: [String: String],
    longest: Int = SafeTensors.longestHeader
  ) -> [UInt8]? {
    let counts = shapes.map { $0.value.reduce(1, *) }
    let values = (0..<counts.reduce(0, +)).map { Float($0 + 1) }
    return values.withUnsafeBufferPointer { values in
      var start = 0
      let tensors = zip(shapes, counts).map { shape, count in
        defer { start += count }
        let part = UnsafeBufferPointer(rebasing: values[start..<start + count])
        return SafeTensors.Tensor(shape.key, shape: shape.value, part)
      }
      return SafeTensors.beginning(of: tensors, metadata: metadata, longest: longest).map {
        tensors.reduce($0) { $0 + $1.elements }
      }
    }
  }

  /// The format's own page: a length of eight bytes, JSON filled up with blanks, the elements without gaps.
  @Test("a file has the bytes of the format")
  func format() {
    let words = #"["ä","\"x/"]"#
    let json =
      #"{"__metadata__":{"words":"[\"ä\",\"\\\"x/\"]"},"#
      + #""a":{"data_offsets":[8,12],"dtype":"F32","shape":[1]},"#
      + #""b.weight":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}}"#
    let blanks = (8 - json.utf8.count % 8) % 8
    let header = Array(json.utf8) + Array(repeating: UInt8(ascii: " "), count: blanks)
    let expected =
      [UInt8(header.count & 255), UInt8(header.count >> 8), 0, 0, 0, 0, 0, 0] + header
      + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]
    #expect(file(["b.weight": [1, 2], "a": [1]], ["words": words]) == expected)
  }

  @Test("a header that readers refuse is not made")
  func longHeader() throws {
    let whole = try #require(file(["a": [1]], ["words": "w"]))
    let header = whole.count - 8 - 4
    #expect(file(["a": [1]], ["words": "w"], longest: header) == whole)
    #expect(file(["a": [1]], ["words": "w"], longest: header - 1) == nil)
  }
}
