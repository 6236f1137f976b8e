/// One thing that a program does: a type that holds the arguments and carries them out.
///
/// A verb is written in one file and stands once in the program's list of verbs.
package protocol Verb: Sendable {
  /// The verb's words, options and help.
  static var syntax: VerbSyntax { get }

  /// Takes the arguments from a line that fits ``syntax``.
  ///
  /// - Throws: `UsageError` for values that cannot be, alone or together.
  init(_ line: ArgumentLine) throws(UsageError)

  /// Reads the words after those of the verb; a verb that hands its words to another program reads none.
  ///
  /// - Parameter program: the program's name and the verb's words.
  static func request(
    _ arguments: [String], program: String
  ) throws(UsageError) -> Program.Request

  /// Does what the arguments ask for.
  func run() throws -> ExitStatus
}

extension Verb {
  /// Reads the words by ``syntax``.
  package static func request(
    _ arguments: [String], program: String
  ) throws(UsageError) -> Program.Request {
    let line = try ArgumentLine(arguments, program: program, flags: syntax.flags + [.help])
    if line.has(.help) { return .show(syntax.help(program)) }
    try syntax.check(line, arguments)
    return .run(try Self(line))
  }
}
