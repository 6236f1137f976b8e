/// Lays out help for a terminal of 80 columns.
enum HelpText {
  /// Names on the left, their meanings on the right.
  static func table(_ rows: [(name: String, text: String)]) -> String {
    let width = 2 + (rows.map(\.name.count).max() ?? 0)
    return rows.map { name, text in
      let lines = wrapped(text, to: 78 - width)
      let left = "  " + name + String(repeating: " ", count: width - name.count)
      let indent = "\n" + String(repeating: " ", count: width + 2)
      return left + lines.joined(separator: indent)
    }.joined(separator: "\n")
  }

  /// The lines of `text`, each at most `width` characters unless a word is longer.
  static func wrapped(_ text: String, to width: Int = 80) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= width {
        lines[lines.count - 1] = line + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
