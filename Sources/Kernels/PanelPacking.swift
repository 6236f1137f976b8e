import CVectors

/// Columns of B that are multiplied at a time: two registers.
package let panelWidth = 2 * Int(tercet_register_floats)

/// Lays `B [inner, columns]` out in panels of `width` columns, one after the other, `[inner, width]` each; the
/// last is filled up with zeros.
///
/// - Parameters:
///   - b: element (k, c) is at `b[k * step + c * column]`.
///   - panels: has room for whole panels.
package func packPanels(
  _ b: UnsafePointer<Float>, step: Int, column: Int, inner: Int, columns: Int,
  into panels: UnsafeMutablePointer<Float>, width: Int = panelWidth
) {
  // A block of a panel is small enough to stay in the fastest cache while its columns are filled in.
  let block = 128
  for first in Swift.stride(from: 0, to: columns, by: width) {
    let used = min(width, columns - first)
    let panel = panels + first * inner
    for start in Swift.stride(from: 0, to: inner, by: block) {
      let steps = min(block, inner - start)
      let target = panel + start * width
      if column == 1 && used == width {
        for k in 0..<steps {
          (target + k * width).update(from: b + (start + k) * step + first, count: width)
        }
        continue
      }
      for c in 0..<used {
        let source = b + start * step + (first + c) * column
        for k in 0..<steps { target[k * width + c] = source[k * step] }
      }
      for c in used..<width {
        for k in 0..<steps { target[k * width + c] = 0 }
      }
    }
  }
}

/// Makes a row of a matrix in panels of ``panelWidth`` that of other values; the last panel's is filled up
/// with zeros.
///
/// - Parameters:
///   - row: where it begins in the first panel.
///   - stride: floats from panel to panel.
package func setPanelRow(
  _ row: UnsafeMutablePointer<Float>, _ stride: Int, to values: UnsafePointer<Float>, columns: Int
) {
  let whole = columns / panelWidth
  for panel in 0..<whole {
    (row + panel * stride).update(from: values + panel * panelWidth, count: panelWidth)
  }
  guard columns > whole * panelWidth else { return }
  for c in 0..<panelWidth {
    let column = whole * panelWidth + c
    row[whole * stride + c] = column < columns ? values[column] : 0
  }
}

/// Makes it zeros.
package func clearPanelRow(_ row: UnsafeMutablePointer<Float>, _ stride: Int, columns: Int) {
  for panel in 0..<(columns + panelWidth - 1) / panelWidth {
    (row + panel * stride).update(repeating: 0, count: panelWidth)
  }
}
