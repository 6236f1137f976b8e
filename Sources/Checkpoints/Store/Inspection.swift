/// The text of `tercet inspect`.
public enum Inspection {
  /// Lists the file's format, attributes, groups, arrays and the end of its history.
  ///
  /// A group named `history` is a table of arrays of equal length; its last rows are shown.
  ///
  /// - Throws: `CheckpointError` where the file is not a sound checkpoint.
  public static func listing(of path: String) throws(CheckpointError) -> String {
    try listing(of: try CheckpointFile.open(path, reading: .groups(["history"])))
  }

  /// Lists an open checkpoint; its group `history` must have been read.
  package static func listing(of file: borrowing Checkpoint) throws(CheckpointError) -> String {
    var lines = [
      file.path,
      "format version \(UserBlock.version), \(grouped(file.length)) bytes, checksum verified",
    ]
    try list("/", in: file, into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func list(
    _ group: String, in file: borrowing Checkpoint, into lines: inout [String]
  ) throws(CheckpointError) {
    var arrays: [[String]] = []
    var groups: [String] = []
    var total = 0
    for name in try file.names(in: group) {
      let path = group == "/" ? name : "\(group)/\(name)"
      if try file.isGroup(path) {
        groups.append(path)
      } else {
        let array = try file.outline(of: path)
        total &+= array.count
        arrays.append([name, array.kind.name, "\(array.shape)", grouped(array.count)])
      }
    }
    let attributes = try file.attributeNames(on: group)
    if !arrays.isEmpty || !attributes.isEmpty {
      lines += ["", group == "/" ? "/" : "/\(group)"]
      if !arrays.isEmpty {
        lines[lines.count - 1] += "  (\(grouped(total)) values in \(arrays.count) arrays)"
      }
    }
    for name in attributes {
      lines += described(name, try file.attribute(name, on: group))
    }
    lines += table(arrays, rightAligned: 3)
    if group == "history" { lines += try historyTail(in: file) }
    for group in groups {
      try list(group, in: file, into: &lines)
    }
  }

  /// `name = value`, or the lines of a longer text below its name.
  private static func described(_ name: String, _ value: AttributeValue) -> [String] {
    let rows = value.description.split(separator: "\n", omittingEmptySubsequences: false)
    if rows.count == 1 { return ["  \(name) = \(rows[0])"] }
    return ["  \(name) ="] + rows.filter { !$0.isEmpty }.map { "    \($0)" }
  }

  /// The last rows of the columns in `history`, as a table.
  private static func historyTail(
    in file: borrowing Checkpoint
  ) throws(CheckpointError) -> [String] {
    var columns: [[String]] = []
    for name in try file.names(in: "history") {
      let path = "history/\(name)"
      if try file.isGroup(path) { continue }
      let array = try file.outline(of: path)
      guard array.shape.count == 1 else { continue }
      let values: [String]
      switch array.kind {
      case .integer: values = try file.integers(path).values.map { "\($0)" }
      case .float32, .float64: values = try file.doubles(path).values.map(rounded)
      case .strings, .fixedStrings: values = try file.strings(path)
      case .truth, .other: continue
      }
      columns.append([name] + values)
    }
    let rows = columns.map(\.count).min() ?? 0
    guard rows > 1 else { return [] }
    let shown = [0] + Array(max(1, rows - 5)..<rows)
    let cells = shown.map { row in columns.map { $0[row] } }
    return ["  the last \(shown.count - 1) of \(rows - 1) rows:"]
      + table(cells, rightAligned: 0).map { "  \($0)" }
  }

  /// Rows in columns two spaces apart, those from `rightAligned` on aligned right.
  private static func table(_ rows: [[String]], rightAligned: Int) -> [String] {
    guard let first = rows.first else { return [] }
    let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column >= rightAligned ? padding + row[column] : row[column] + padding
      }
      return "  " + cells.joined(separator: "  ")
    }
  }

  /// A number to six decimals.
  private static func rounded(_ value: Double) -> String {
    guard value.magnitude < 1e9 else { return "\(value)" }
    return "\((value * 1e6).rounded() / 1e6)"
  }

  /// An integer with its digits in groups of three.
  private static func grouped(_ number: Int) -> String {
    var digits = Array("\(number)")
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
