/// Texts as lines that fit a terminal.
package enum Lines {
  /// The lines of `text`, broken at blanks; a word that is wider than a line is cut.
  ///
  /// - Parameters:
  ///   - width: columns of a line; `nil` for one line.
  ///   - indent: the columns that every line after the first leaves free.
  package static func wrapped(_ text: String, to width: Int?, indent: Int = 0) -> [String] {
    wrapped(text.split(separator: " ").map(String.init), to: width, indent: indent, between: " ")
  }

  /// The lines of some parts, which are parted by `gap` where they share a line.
  package static func wrapped(
    _ parts: [String], to width: Int?, indent: Int = 0, between gap: String
  ) -> [String] {
    guard let width else { return [parts.joined(separator: gap)] }
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for part in parts.flatMap({ cut($0, to: max(1, width - indent)) }) {
      let longer = line.isEmpty ? part : line + gap + part
      if longer.columns + (lines.isEmpty ? 0 : indent) <= width {
        line = longer
      } else {
        lines.append(lines.isEmpty ? line : margin + line)
        line = part
      }
    }
    return lines + [lines.isEmpty ? line : margin + line]
  }

  /// The text in pieces of at most `width` columns.
  private static func cut(_ text: String, to width: Int) -> [String] {
    if text.columns <= width { return [text] }
    var pieces = [""]
    var used = 0
    for character in text {
      let columns = String(character).columns
      if used + columns > width && used > 0 {
        pieces.append("")
        used = 0
      }
      pieces[pieces.count - 1].append(character)
      used += columns
    }
    return pieces
  }

  /// One line of at most `width` columns: fields, which two blanks part, go from the right; the first is cut.
  package static func fitted(_ line: String, to width: Int) -> String {
    var fitted = line
    while fitted.columns > width, let gap = fitted.lastRange(of: "  ") {
      fitted.removeSubrange(gap.lowerBound...)
    }
    return cut(fitted, to: max(1, width))[0]
  }
}

extension String {
  /// The last occurrence of `text`.
  fileprivate func lastRange(of text: String) -> Range<Index>? { ranges(of: text).last }
}
