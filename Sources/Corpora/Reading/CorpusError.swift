/// A fault of a corpus, a word list, a relation list or a file of word vectors.
public struct CorpusError: Error, Equatable, CustomStringConvertible {
  /// The file as the user named it; `nil` for a fault of no file.
  public let file: String?
  /// Line in the file, from 1.
  public let line: Int?
  /// The finding, the expectation and the remedy.
  public let message: String

  /// Makes an error about a line of a file, about a file, or about neither.
  public init(file: String? = nil, line: Int? = nil, _ message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  /// One line: `file:line: message`.
  public var description: String {
    let place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}

/// The place of a record, as errors name it.
struct Place {
  let file: String
  let line: Int
  /// The record inside its line where a line holds many: `sentence 3`.
  var part: String?

  func error(_ message: String) -> CorpusError {
    CorpusError(file: file, line: line, part.map { "\($0): \(message)" } ?? message)
  }
}
