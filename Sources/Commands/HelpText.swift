import Typesetting

/// Lays out help for a terminal of at most 80 columns.
enum HelpText {
  /// The columns of a line.
  private static var width: Int { min(Console.width ?? 80, 80) }

  /// A text as lines.
  ///
  /// - Parameter indent: the columns that every line after the first leaves free.
  static func paragraph(_ text: String, indent: Int = 0) -> String {
    Lines.wrapped(text, to: width, indent: indent).joined(separator: "\n")
  }

  /// Names on the left, their meanings on the right.
  static func table(_ rows: [(name: String, text: String)]) -> String {
    let names = 2 + (rows.map(\.name.columns).max() ?? 0)
    // Where little is left beside the names, meanings stand below them.
    let isNarrow = width - 2 - names < 24
    let indent = isNarrow ? 6 : names + 2
    return rows.map { name, text in
      let lines = Lines.wrapped(text, to: width - indent)
        .map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
      return "  "
        + (isNarrow ? "\(name)\n\(lines)" : name.padded(to: names) + lines.dropFirst(indent))
    }.joined(separator: "\n")
  }
}
