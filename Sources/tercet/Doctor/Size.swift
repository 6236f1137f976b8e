/// Numbers of bytes, as people read them.
enum Size {
  /// Gigabytes to one decimal, more of them below one tenth.
  static func gigabytes(_ bytes: Int) -> String {
    let places = bytes < 100_000_000 ? 1000.0 : 10.0
    return "\((Double(bytes) / 1e9 * places).rounded() / places)"
  }
}
