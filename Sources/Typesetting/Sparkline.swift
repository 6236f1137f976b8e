/// A curve in a line of text, by characters that fill their cell from below.
package enum Sparkline {
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The curve of some values, from the least, `▁`, to the greatest, `█`.
  ///
  /// - Parameter width: columns; of more values than that each column shows the mean of a run of them.
  package static func text(_ values: [Double], width: Int) -> String {
    let points = means(of: values.filter(\.isFinite), count: max(1, width))
    guard let least = points.min(), let most = points.max() else { return "" }
    return String(
      points.map { point in
        // Halves, since the difference of two numbers may be none.
        let share = most > least ? (point / 2 - least / 2) / (most / 2 - least / 2) : 0
        return share < 1 ? levels[Int(share * Double(levels.count))] : levels[levels.count - 1]
      })
  }

  private static func means(of values: [Double], count: Int) -> [Double] {
    guard values.count > count else { return values }
    return (0..<count).map { column in
      let run = values[column * values.count / count..<(column + 1) * values.count / count]
      return run.reduce(0) { $0 + $1 / Double(run.count) }
    }
  }
}
