/// An option of a verb: `--name`, with or without a value.
package struct Flag: Hashable, Sendable {
  /// Whether a value follows the name.
  package enum Value: Hashable, Sendable {
    /// The option stands alone.
    case none
    /// A value must follow; help calls it by this word.
    case required(String)
    /// A value may follow, only as `--name=VALUE`; help calls it by this word.
    case optional(String)
  }

  /// The name without its dashes.
  package let name: String
  /// The letter that stands for the name after one dash, if one does.
  let letter: Character?
  let value: Value
  let count: Count
  let help: String
  /// The values that may follow, as a shell offers them; empty where there are others.
  let choices: [String]

  /// Declares an option.
  ///
  /// - Parameters:
  ///   - name: the name without its dashes.
  ///   - help: its meaning, and in brackets the meaning of its absence.
  ///   - letter: a short name.
  ///   - choices: all values that may follow, where they are few.
  package init(
    _ name: String, _ value: Value = .none, _ count: Count = .upToOnce, letter: Character? = nil,
    choices: [String] = [], help: String
  ) {
    self.name = name
    self.letter = letter
    self.value = value
    self.count = count
    self.choices = choices
    self.help = help
  }

  /// Every verb's option that prints its help.
  static let help = Flag("help", letter: "h", help: "print this and end")

  /// As help and messages write it: `--set KEY=VALUE`.
  package var usage: String {
    let names = (letter.map { "-\($0), " } ?? "") + "--\(name)"
    return switch value {
    case .none: names
    case .required(let text): "\(names) \(text)"
    case .optional(let text): "\(names)[=\(text)]"
    }
  }
}

/// How often an option or an operand stands on a line.
package enum Count: Hashable, Sendable {
  /// Once or not at all.
  case upToOnce
  /// Exactly once.
  case once
  /// Any number of times, or not at all.
  case anyNumber
  /// Once or more.
  case atLeastOnce

  var mustBeGiven: Bool { self == .once || self == .atLeastOnce }
  var mayRepeat: Bool { self == .anyNumber || self == .atLeastOnce }

  /// `text` in a line of usage.
  func usage(_ text: String) -> String {
    let one = mustBeGiven ? text : "[\(text)]"
    return mayRepeat ? "\(one)..." : one
  }
}
