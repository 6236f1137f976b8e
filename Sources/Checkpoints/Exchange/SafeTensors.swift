import Foundation

/// The file format of PyPI's `safetensors`: the length of a header, the header as JSON, then the elements of all
/// tensors without gaps, little-endian. Equal contents give equal bytes.
public enum SafeTensors {
  /// A tensor of float32, row-major; its elements stay the caller's.
  public struct Tensor {
    /// Its name, which no other of the file has.
    public let name: String
    let shape: [Int]
    /// Its elements as bytes.
    public let elements: UnsafeRawBufferPointer

    /// - Precondition: as many values as the shape says.
    public init(_ name: String, shape: [Int], _ values: UnsafeBufferPointer<Float>) {
      precondition(shape.reduce(1, *) == values.count, "\(name): shape \(shape)")
      (self.name, self.shape) = (name, shape)
      elements = UnsafeRawBufferPointer(values)
    }
  }

  /// The longest header that `safetensors` reads, in bytes.
  public static let longestHeader = 100_000_000

  /// The beginning of a file, behind which all elements follow, tensor after tensor: the header's length, and the
  /// header, filled up with blanks so that the elements begin at a multiple of eight bytes.
  ///
  /// - Parameters:
  ///   - tensors: of different names; the file has them in this order.
  ///   - metadata: texts that go into the header.
  ///   - longest: bytes of the longest header that readers take.
  /// - Returns: `nil` where the header is longer.
  public static func beginning(
    of tensors: [Tensor], metadata: [String: String], longest: Int = longestHeader
  ) -> [UInt8]? {
    var entries = ["__metadata__": Entry.metadata(metadata)]
    var end = 0
    for tensor in tensors {
      let offsets = end..<end + tensor.elements.count
      precondition(entries[tensor.name] == nil, "two tensors named \(tensor.name)")
      entries[tensor.name] = .tensor(shape: tensor.shape, offsets: offsets)
      end = offsets.upperBound
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(entries) else {
      preconditionFailure("a header of texts and numbers")
    }
    let header = json + Array(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    guard header.count <= longest else { return nil }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header
  }
}

extension SafeTensors {
  /// An entry of the header.
  private enum Entry: Encodable {
    case metadata([String: String])
    case tensor(shape: [Int], offsets: Range<Int>)

    private enum Key: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let texts): try texts.encode(to: encoder)
      case .tensor(let shape, let offsets):
        var values = encoder.container(keyedBy: Key.self)
        try values.encode("F32", forKey: .dtype)
        try values.encode(shape, forKey: .shape)
        try values.encode([offsets.lowerBound, offsets.upperBound], forKey: .offsets)
      }
    }
  }
}
