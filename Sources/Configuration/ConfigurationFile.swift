import Glibc

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
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= largest {
      let count = read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  private static func failure(_ path: String) -> ConfigurationError {
    ConfigurationError("\(path): cannot be read: \(String(cString: strerror(errno)))")
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
