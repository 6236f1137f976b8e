/// A table as text. Where it is wider than a terminal its columns stand one below the other, or each row becomes a
/// paragraph, whichever takes fewer lines.
package struct TextTable {
  private let header: [String]
  private let rows: [[String]]
  private let keys: Int
  private static let gap = 2

  /// - Parameters:
  ///   - header: the names of the columns.
  ///   - rows: as many cells each as the header has.
  ///   - keys: the number of columns, from the left, that name a row; they stand to the left of their column, all
  ///     others, which are numbers, to the right.
  package init(header: [String], rows: [[String]], keys: Int) {
    precondition(
      rows.allSatisfy { $0.count == header.count }, "rows of other columns than the header")
    (self.header, self.rows, self.keys) = (header, rows, keys)
  }

  /// The lines of the table, at most `width` columns wide; `nil` where there is no limit.
  package func lines(width: Int?) -> [String] {
    let all = Array(header.indices.dropFirst(keys))
    guard let width, total(all) > width else { return aligned(all) }
    let (blocks, paragraphs) = (blocks(width), paragraphs(width))
    return blocks.map { $0.count <= paragraphs.count ? $0 : paragraphs } ?? paragraphs
  }

  private var lines: [[String]] { [header] + rows }

  private func width(_ column: Int) -> Int { lines.map { $0[column].columns }.max() ?? 0 }

  /// The width of a table of the keys and these columns.
  private func total(_ columns: [Int]) -> Int {
    (Array(0..<keys) + columns).map(width).reduce(-Self.gap) { $0 + $1 + Self.gap }
  }

  /// A table of the keys and these columns.
  private func aligned(_ columns: [Int]) -> [String] {
    let shown = Array(0..<keys) + columns
    let widths = shown.map(width)
    return lines.map { line in
      let cells = zip(shown, widths).map { line[$0].padded(to: $1, onTheLeft: $0 >= keys) }
      let text = cells.joined(separator: String(repeating: " ", count: Self.gap))
      return text.replacing(/\ +$/, with: "")
    }
  }

  /// Several tables, each with the keys and as many columns as fit; `nil` where one column is too wide.
  private func blocks(_ width: Int) -> [String]? {
    var groups: [[Int]] = []
    for column in header.indices.dropFirst(keys) {
      if let last = groups.last, total(last + [column]) <= width {
        groups[groups.count - 1].append(column)
      } else {
        groups.append([column])
      }
    }
    guard groups.allSatisfy({ total($0) <= width }) else { return nil }
    return Array(groups.map(aligned).joined(separator: [""]))
  }

  /// Each row as its keys and, below them, its cells with their names.
  private func paragraphs(_ width: Int) -> [String] {
    let title = Lines.wrapped(header[..<keys].joined(separator: " "), to: width)
    return (title == [""] ? [] : title)
      + rows.flatMap { row -> [String] in
        let name = row[..<keys].joined(separator: "  ")
        let cells = header.indices.dropFirst(keys).map { "\(header[$0]) \(row[$0])" }
        return (name.columns > width ? Lines.wrapped(name, to: width) : [name])
          + Lines.wrapped(cells, to: width - Self.gap, between: "  ").map { "  " + $0 }
      }
  }
}
