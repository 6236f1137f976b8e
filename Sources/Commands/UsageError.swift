/// A command line that asks for nothing the program can do: one line, with where to read how.
package struct UsageError: Error, CustomStringConvertible, Sendable {
  /// The whole message, `tercet VERB: what is wrong; see 'tercet VERB --help'`.
  package let description: String

  /// Composes the message.
  ///
  /// - Parameters:
  ///   - program: the program's name and the words of the verb that was reached.
  ///   - text: what is wrong, without a line break.
  package init(_ program: String, _ text: String) {
    let stop = text.hasSuffix("?") ? "" : ";"
    description = "\(program): \(text)\(stop) see '\(program) --help'"
  }
}
