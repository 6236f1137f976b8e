/// A fault of a configuration, as one line for the user: position, finding and remedy.
public struct ConfigurationError: Error, CustomStringConvertible, Hashable, Sendable {
  /// The whole message, always a single line.
  public let description: String

  init(_ text: String) { description = Wording.singleLine(text) }

  init(at position: Position, _ text: String) { self.init("\(position): \(text)") }
}

/// The place where the user wrote a value.
enum Position: Hashable, Sendable, CustomStringConvertible {
  /// Line and column count from 1; columns count characters.
  case file(name: String, line: Int, column: Int)
  /// The text after `--set`.
  case override(String)
  case defaults

  var description: String {
    switch self {
    case .file(let name, let line, let column): "\(name):\(line):\(column)"
    case .override(let text): "--set \(Wording.abbreviated(text))"
    case .defaults: "defaults"
    }
  }
}
