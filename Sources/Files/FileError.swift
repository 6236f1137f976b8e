/// A file that cannot be read, or that holds no text.
package struct FileError: Error {
  /// The file as the user named it.
  package let path: String
  /// The finding and the remedy, without the file's name.
  package let message: String

  init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }
}

extension String {
  /// The text as one word of a shell's command line.
  package var shellWord: String {
    let isPlain = !isEmpty && utf8.allSatisfy(Self.plain.contains)
    return isPlain ? self : "'\(replacing("'", with: #"'\''"#))'"
  }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%".utf8)
}
