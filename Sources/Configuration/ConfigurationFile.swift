import Files

/// Reading of configuration files: small, and in UTF-8.
enum ConfigurationFile {
  /// The largest size in bytes.
  static let largest = 1 << 20

  static func text(of path: String) throws(ConfigurationError) -> String {
    let bytes = try bytes(of: path)
    try checkSize(bytes.count, of: path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(
        "\(path):\(lineOfFirstInvalidByte(in: bytes)): not UTF-8; save the file as UTF-8 text")
    }
    return text
  }

  static func checkSize(_ count: Int, of name: String) throws(ConfigurationError) {
    if count > largest {
      throw ConfigurationError("\(name): larger than 1 MiB, too large for a configuration")
    }
  }

  /// Reads little more than the limit, so that an endless file such as a device ends.
  private static func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
    do throws(FileError) {
      var reader = try ByteReader(path)
      var bytes: [UInt8] = []
      while bytes.count <= largest, try reader.read(into: &bytes) {}
      return bytes
    } catch {
      throw ConfigurationError("\(error.path): \(error.message)")
    }
  }

  private static func lineOfFirstInvalidByte(in bytes: [UInt8]) -> Int {
    var line = 1
    var decoder = UTF8()
    var rest = bytes.makeIterator()
    while case .scalarValue(let character) = decoder.decode(&rest) {
      if character == "\n" { line += 1 }
    }
    return line
  }
}
