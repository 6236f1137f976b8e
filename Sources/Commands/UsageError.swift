import Configuration

/// A command line that asks for nothing tercet can do: one line, with where to read how.
public struct UsageError: Error, CustomStringConvertible, Hashable, Sendable {
  /// `EX_USAGE` of `sysexits.h`, the exit status for it.
  public static let status: Int32 = 64

  /// The whole message, `tercet VERB: what is wrong; see 'tercet VERB --help'`.
  public let description: String

  /// - Parameters:
  ///   - program: `tercet` and the verb that was reached.
  ///   - text: what is wrong, without a line break.
  init(_ program: String, _ text: String) {
    let stop = text.hasSuffix("?") ? "" : ";"
    description = "\(program): \(text)\(stop) see '\(program) --help'"
  }
}
