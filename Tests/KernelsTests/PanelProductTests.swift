import Kernels
import Testing

/// The size of a product; panels have 16 or 32 columns, tiles up to 6 rows, blocks 336 or 168 steps.
struct PanelCase: Sendable, CustomTestStringConvertible {
  let rows: Int
  let inner: Int
  let columns: Int
  var testDescription: String { "[\(rows), \(inner)]·[\(inner), \(columns)]" }

  static let all: [PanelCase] =
    (1...13).map { PanelCase(rows: $0, inner: 5, columns: 37) }
    + [
      PanelCase(rows: 1, inner: 1, columns: 1), PanelCase(rows: 7, inner: 336, columns: 32),
      PanelCase(rows: 8, inner: 337, columns: 33), PanelCase(rows: 25, inner: 700, columns: 64),
      PanelCase(rows: 3, inner: 2, columns: 15), PanelCase(rows: 9, inner: 350, columns: 56),
      PanelCase(rows: 7, inner: 170, columns: 48), PanelCase(rows: 130, inner: 3, columns: 16),
    ]
}

@Suite("Products in panels")
struct PanelProductTests {
  /// Numbers with all bits of the significand in use, so that another order of additions shows.
  private static func numbers(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { i in
      Float((i &* 7919 &+ seed &* 104_729) &* 2_654_435_761 & 0xFFFFFF) * 0x1p-23 - 1
    }
  }

  /// What an element is by definition: fused multiply-adds in the order of the inner index.
  private static func chain(_ start: Float, _ inner: Int, _ a: (Int) -> Float, _ b: (Int) -> Float)
    -> Float
  {
    (0..<inner).reduce(start) { $0.addingProduct(a($1), b($1)) }
  }

  @Test(
    "every element has the bits of its chain, for registers of either width",
    arguments: PanelCase.all, [16, 32])
  func products(_ size: PanelCase, width: Int) {
    let (rows, inner, columns) = (size.rows, size.inner, size.columns)
    let b = Self.numbers(inner * columns, seed: 2)
    let panels = (columns + width - 1) / width
    // Of other content each time; what lies behind it is not touched.
    var workspace = Self.numbers(panelWorkspace(rows: rows), seed: 7) + [.pi]
    for (step, column) in [(columns, 1), (1, inner)] {
      var packed = [Float](repeating: .nan, count: panels * width * inner)
      packPanels(
        b, step: step, column: column, inner: inner, columns: columns, into: &packed, width: width)
      for (aRow, aStep) in [(inner + 3, 1), (1, rows + 1)] {
        let a = Self.numbers((rows + 1) * (inner + 3), seed: 1)
        for adding in [false, true] {
          let before = Self.numbers(rows * (columns + 2), seed: 3)
          var y = before
          y.withUnsafeMutableBufferPointer { y in
            guard let start = y.baseAddress else { return }
            multiplyPanels(
              PanelOperands(
                a: a, aRow: aRow, aStep: aStep, b: packed, bPanel: width * inner, y: start + 1,
                yRow: columns + 2), rows: rows, inner: inner, columns: columns, adding: adding,
              workspace: &workspace, width: width)
          }
          let expected = before.indices.map { i -> Float in
            let (r, c) = (i / (columns + 2), i % (columns + 2) - 1)
            guard (0..<columns).contains(c) else { return before[i] }
            return Self.chain(
              adding ? before[i] : 0, inner, { a[r * aRow + $0 * aStep] },
              { b[$0 * step + c * column] })
          }
          #expect(y == expected, "steps \(step) and \(aStep), adding \(adding)")
          #expect(workspace.last == .pi)
        }
      }
    }
  }

  @Test(
    "rows that are set one by one make the panels that a matrix is packed to",
    arguments: [1, 16, 37])
  func rows(columns: Int) {
    let rows = 5
    let values = Self.numbers(rows * columns, seed: 4)
    let panels = (columns + panelWidth - 1) / panelWidth
    var expected = [Float](repeating: .nan, count: panels * panelWidth * rows)
    packPanels(
      values, step: columns, column: 1, inner: rows, columns: columns, into: &expected)
    var found = [Float](repeating: .nan, count: expected.count)
    let stride = rows * panelWidth
    found.withUnsafeMutableBufferPointer { found in
      guard let start = found.baseAddress else { return }
      for row in [3, 0, 4, 2, 1] {
        let values = Array(values[row * columns..<(row + 1) * columns])
        setPanelRow(start + row * panelWidth, stride, to: values, columns: columns)
      }
    }
    #expect(found == expected)
    found.withUnsafeMutableBufferPointer { found in
      guard let start = found.baseAddress else { return }
      clearPanelRow(start + 2 * panelWidth, stride, columns: columns)
    }
    for i in expected.indices where i % stride / panelWidth == 2 { expected[i] = 0 }
    #expect(found == expected)
  }
}
