/// Wording of messages about names and values.
public enum Wording {
  /// The candidate nearest to a misspelt name; `nil` when more than a third of every candidate's letters differ.
  ///
  /// A swap of neighbours counts as one difference.
  public static func nearest(to name: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in names {
      let limit = max(1, candidate.count / 3)
      guard abs(candidate.count - name.count) <= limit else { continue }
      let distance = editDistance(Array(name), Array(candidate))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// `text` in single quotes, on one line and cut after 60 characters.
  public static func quoted(_ text: String) -> String { "'\(singleLine(abbreviated(text)))'" }

  static func abbreviated(_ text: String) -> String {
    let limit = 60
    return text.utf8.count <= limit || text.count <= limit ? text : "\(text.prefix(limit))…"
  }

  /// `text` with its control characters and line breaks written as escapes.
  static func singleLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours from `a` to `b` (optimal string
  /// alignment).
  private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        let cost = a[i] == b[j] ? 0 : 1
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + cost)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
