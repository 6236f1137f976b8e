import CArgp
import Configuration
import Glibc

/// A command line after argp has told options and operands apart.
package struct ArgumentLine {
  /// An option with its value.
  struct Given {
    let flag: Flag
    let value: String?
  }

  /// An argument without a name, and its place among the arguments.
  struct Positional {
    let text: String
    let place: Int
  }

  /// The program's name and the verb's words, as messages begin.
  let program: String
  let given: [Given]
  let positionals: [Positional]

  /// Splits `arguments` into options and operands; options may stand after operands, and after `--`
  /// everything is an operand.
  ///
  /// The corresponding C function is `argp_parse`.
  ///
  /// - Throws: `UsageError` for an option that is not in `flags`, or not with this value.
  init(_ arguments: [String], program: String, flags: [Flag]) throws(UsageError) {
    let collector = Collector(flags: flags)
    let refused = Self.withCStrings([program] + arguments) { vector in
      Self.withCStrings(flags.map(\.name)) { names in
        Self.parse(vector, names: names, into: collector)
      }
    }
    self.program = program
    given = collector.given
    positionals = collector.positionals
    if refused, !has(.help) {
      throw UsageError(
        program, Self.explanation(of: arguments[collector.refused], flags: flags))
    }
  }

  /// Returns whether argp refused a word. It prints nothing and never ends the process.
  private static func parse(
    _ vector: [UnsafeMutablePointer<CChar>?], names: [UnsafeMutablePointer<CChar>?],
    into collector: Collector
  ) -> Bool {
    var options = zip(collector.flags, names).enumerated().map { i, option in
      var entry = argp_option()
      entry.name = UnsafePointer(option.1)
      entry.key = collector.keys[i]
      switch option.0.value {
      case .none: break
      case .required: entry.arg = UnsafePointer(option.1)
      case .optional:
        entry.arg = UnsafePointer(option.1)
        entry.flags = OPTION_ARG_OPTIONAL
      }
      return entry
    }
    options.append(argp_option())
    var vector = vector
    return options.withUnsafeBufferPointer { options in
      var parser = argp()
      parser.options = options.baseAddress
      parser.parser = collect
      let flags = UInt32(ARGP_NO_ERRS | ARGP_NO_EXIT | ARGP_NO_HELP | ARGP_IN_ORDER)
      let input = Unmanaged.passUnretained(collector).toOpaque()
      return argp_parse(&parser, Int32(vector.count - 1), &vector, flags, nil, input) != 0
    }
  }

  /// Calls `body` with copies that C may keep until it returns, and a null pointer after them.
  private static func withCStrings<T>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T
  ) -> T {
    let copies = texts.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }

  /// The reason for argp's refusal of `word`.
  private static func explanation(of word: String, flags: [Flag]) -> String {
    let name = String(word.drop { $0 == "-" }.prefix { $0 != "=" })
    let exact = flags.filter { $0.name == name }
    let meant = exact.isEmpty ? flags.filter { $0.name.hasPrefix(name) } : exact
    if !word.hasPrefix("--") || meant.isEmpty {
      let unknown = "unknown option \(Wording.quoted(word))"
      let nearest = Wording.nearest(to: name, among: flags.map(\.name))
      return nearest.map { "\(unknown); did you mean '--\($0)'?" } ?? unknown
    }
    if meant.count > 1 {
      let names = meant.map { "'--\($0.name)'" }.joined(separator: " or ")
      return "option \(Wording.quoted(word)) may mean \(names)"
    }
    return word.contains("=")
      ? "option '--\(meant[0].name)' takes no value, found \(Wording.quoted(word))"
      : "option '--\(meant[0].name)' needs a value: \(meant[0].usage)"
  }
}

/// Gathers options and operands while argp calls.
private final class Collector {
  /// Keys from here on have no short option.
  static let firstKey: Int32 = 256

  let flags: [Flag]
  /// The number by which argp calls each flag: a letter's code, or a number from ``firstKey`` on.
  let keys: [Int32]
  private(set) var given: [ArgumentLine.Given] = []
  private(set) var positionals: [ArgumentLine.Positional] = []
  /// The place among the arguments of the word that argp refused.
  private(set) var refused = 0
  /// The place after the last word that argp took.
  private var next = 0

  init(flags: [Flag]) {
    self.flags = flags
    keys = flags.enumerated().map { i, flag in
      flag.letter?.asciiValue.map(Int32.init) ?? Self.firstKey + Int32(i)
    }
  }

  /// - Parameter place: the place among the arguments of argp's next word when it called.
  func take(_ key: Int32, _ text: String?, place: Int) -> error_t {
    switch key {
    case ARGP_KEY_ARG: positionals.append(.init(text: text ?? "", place: place - 1))
    case ARGP_KEY_ERROR:
      // getopt has stepped over a long option that it refuses, but not over a bundle of short ones.
      refused = place == next ? place : place - 1
    default:
      guard let i = keys.firstIndex(of: key) else { return E2BIG }
      given.append(.init(flag: flags[i], value: text))
    }
    next = place
    return 0
  }
}

/// argp's parser function: its input is the collector.
private func collect(
  key: Int32, argument: UnsafeMutablePointer<CChar>?, state: UnsafeMutablePointer<argp_state>?
) -> error_t {
  guard let state, let input = state.pointee.input else { return EINVAL }
  let collector = Unmanaged<Collector>.fromOpaque(input).takeUnretainedValue()
  let text = argument.map { String(cString: $0) }
  return collector.take(key, text, place: Int(state.pointee.next) - 1)
}
