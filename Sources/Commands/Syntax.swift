/// An option of a verb: `--name`, with or without a value.
struct Flag: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case none
    /// What help calls the value.
    case required(String)
    /// Given only as `--name=VALUE`.
    case optional(String)
  }

  let name: String
  let value: Value
  let count: Count
  let help: String

  init(_ name: String, _ value: Value = .none, _ count: Count = .upToOnce, help: String) {
    self.name = name
    self.value = value
    self.count = count
    self.help = help
  }

  static let help = Flag("help", help: "print this and end")

  /// As help and messages write it: `--set KEY=VALUE`.
  var usage: String {
    switch value {
    case .none: "--\(name)"
    case .required(let text): "--\(name) \(text)"
    case .optional(let text): "--\(name)[=\(text)]"
    }
  }
}

/// How often an option or an operand stands on a line.
enum Count: Hashable, Sendable {
  case upToOnce
  case once
  case anyNumber
  case atLeastOnce

  var mustBeGiven: Bool { self == .once || self == .atLeastOnce }
  var mayRepeat: Bool { self == .anyNumber || self == .atLeastOnce }

  /// `text` in a line of usage.
  func usage(_ text: String) -> String {
    let one = mustBeGiven ? text : "[\(text)]"
    return mayRepeat ? "\(one)..." : one
  }
}

/// What a verb takes without a name.
struct Operand: Hashable, Sendable {
  let name: String
  let count: Count
  let help: String
}
