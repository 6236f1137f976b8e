import CVectors

/// Columns of a panel of B: two registers.
package let panelWidth = 2 * Int(tercet_register_floats)

/// Packs `B [inner, columns]` in panels of `width` columns, one after the other, `[inner, width]` each; zeros fill
/// the last.
///
/// - Parameters:
///   - b: element (k, c) is at `b[k * step + c * column]`.
///   - panels: `[panels, inner, width]`, out.
/// - Precondition: rows or columns are contiguous: `step` or `column` is 1.
package func packPanels(
  _ b: UnsafePointer<Float>, step: Int, column: Int, inner: Int, columns: Int,
  into panels: UnsafeMutablePointer<Float>, width: Int = panelWidth
) {
  precondition(step == 1 || column == 1, "steps \(step) and columns \(column) apart")
  if column == 1 {
    for k in 0..<inner {
      setPanelRow(
        panels + k * width, inner * width, to: b + k * step, columns: columns, width: width)
    }
  } else {
    for first in stride(from: 0, to: columns, by: width) {
      packPanel(
        b + first * column, column: column, inner: inner, columns: min(width, columns - first),
        into: panels + first * inner, width: width)
    }
  }
}

/// One panel of a matrix whose columns are contiguous.
private func packPanel(
  _ b: UnsafePointer<Float>, column: Int, inner: Int, columns: Int,
  into panel: UnsafeMutablePointer<Float>, width: Int
) {
  let (wholeSteps, wholeColumns) = (inner / 8 * 8, columns / 8 * 8)
  for k in stride(from: 0, to: wholeSteps, by: 8) {
    for c in stride(from: 0, to: wholeColumns, by: 8) {
      transpose(b + c * column + k, column, into: panel + k * width + c, width)
    }
  }
  for k in 0..<inner {
    let first = k < wholeSteps ? wholeColumns : 0
    for c in first..<width { panel[k * width + c] = c < columns ? b[c * column + k] : 0 }
  }
}

/// Transposes eight rows of eight floats, which lie `aRow` and `bRow` apart.
@inline(__always)
private func transpose(
  _ a: UnsafePointer<Float>, _ aRow: Int, into b: UnsafeMutablePointer<Float>, _ bRow: Int
) {
  var rows = InlineArray<8, SIMD8<Float>> {
    UnsafeRawPointer(a + $0 * aRow).loadUnaligned(as: SIMD8<Float>.self)
  }
  // An element's place has six bits, three of its row and three of its column; each turn moves the last to the front.
  for _ in 0..<3 {
    let old = rows
    for i in 0..<4 {
      let pair = SIMD16(lowHalf: old[2 * i], highHalf: old[2 * i + 1])
      rows[i] = pair.evenHalf
      rows[i + 4] = pair.oddHalf
    }
  }
  for r in 0..<8 {
    UnsafeMutableRawPointer(b + r * bRow).storeBytes(of: rows[r], as: SIMD8<Float>.self)
  }
}

/// Sets a row of a matrix in panels; zeros fill the last panel.
///
/// - Parameters:
///   - row: the row's start in the first panel.
///   - stride: floats from panel to panel.
package func setPanelRow(
  _ row: UnsafeMutablePointer<Float>, _ stride: Int, to values: UnsafePointer<Float>, columns: Int,
  width: Int = panelWidth
) {
  let whole = columns / width
  for panel in 0..<whole {
    let (source, target) = (values + panel * width, row + panel * stride)
    for c in Swift.stride(from: 0, to: width, by: 16) {
      let part = UnsafeRawPointer(source + c).loadUnaligned(as: SIMD16<Float>.self)
      UnsafeMutableRawPointer(target + c).storeBytes(of: part, as: SIMD16<Float>.self)
    }
  }
  guard columns > whole * width else { return }
  for c in 0..<width {
    let column = whole * width + c
    row[whole * stride + c] = column < columns ? values[column] : 0
  }
}

/// Sets a row of a matrix in panels to zeros.
package func clearPanelRow(_ row: UnsafeMutablePointer<Float>, _ stride: Int, columns: Int) {
  for panel in 0..<(columns + panelWidth - 1) / panelWidth {
    (row + panel * stride).update(repeating: 0, count: panelWidth)
  }
}
