import Foundation

/// Text files by which the system tells of itself.
enum SystemText {
  /// The lines of a file; none where it cannot be read.
  static func lines(_ path: String) -> [String] {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd()
    else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The first value of a name in a file of lines such as `name : value` or `name=value`, without quotes.
  static func value(of name: String, in path: String, separator: Character = ":") -> String? {
    for line in lines(path) {
      let parts = line.split(separator: separator, maxSplits: 1)
      guard parts.count == 2, trimmed(parts[0]) == name else { continue }
      return trimmed(parts[1])
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    text.trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
  }
}
