import Typesetting

/// A table that grows by a line an epoch. Where the terminal is too narrow columns are left out, those that matter
/// least first.
package struct EpochTable: Sendable {
  private var header: [String] = []
  private static let gap = 2

  package init() {}

  /// The line of an epoch, after a header where the columns are not those of the line before.
  ///
  /// - Parameter width: the columns of the terminal; `nil` for no limit.
  package mutating func lines(_ row: EpochRow, width: Int?) -> [String] {
    var cells = row.cells
    while let width, cells.count > 1, total(cells) > width,
      let last = cells.indices.max(by: { cells[$0].rank < cells[$1].rank })
    {
      cells.remove(at: last)
    }
    let names = cells.map(\.name)
    let line = aligned(cells) { $0.text } + (row.isBest ? " *" : "")
    defer { header = names }
    return header == names ? [line] : [aligned(cells) { $0.name }, line]
  }

  /// The columns of a cell: its name, or a usual number.
  private func width(_ cell: EpochRow.Cell) -> Int { max(5, cell.name.columns, cell.text.columns) }

  private func total(_ cells: [EpochRow.Cell]) -> Int {
    cells.reduce(Self.gap) { $0 + width($1) + Self.gap } - Self.gap
  }

  private func aligned(
    _ cells: [EpochRow.Cell], _ text: (EpochRow.Cell) -> String
  ) -> String {
    cells.map { text($0).padded(to: width($0), onTheLeft: true) }
      .joined(separator: String(repeating: " ", count: Self.gap))
  }
}
