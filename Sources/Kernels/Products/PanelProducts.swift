import CVectors

// Dense products `Y = A·B` in float32. Each element of Y is one chain of fused multiply-adds in the order of the
// inner index, for registers of any width: its bits depend on its row of A and its column of B alone, on any CPU.

/// Whether these products run on this CPU at its full speed: they are built for AVX2 and FMA, or more, and the
/// CPU has what they are built for.
package let hasPanelInstructions = tercet_has_panel_instructions() != 0

/// Where the operands of a product lie: `A [rows, inner]`, `B [inner, columns]`, `Y [rows, columns]`.
package struct PanelOperands {
  /// Element (r, k) of A is at `a[r * aRow + k * aStep]`.
  package let a: UnsafePointer<Float>
  package let aRow: Int
  package let aStep: Int
  /// B in panels of `width` columns: element (k, c) is at `b[c / width * bPanel + k * width + c % width]`.
  package let b: UnsafePointer<Float>
  package let bPanel: Int
  package let y: UnsafeMutablePointer<Float>
  package let yRow: Int

  package init(
    a: UnsafePointer<Float>, aRow: Int, aStep: Int, b: UnsafePointer<Float>, bPanel: Int,
    y: UnsafeMutablePointer<Float>, yRow: Int
  ) {
    (self.a, self.aRow, self.aStep) = (a, aRow, aStep)
    (self.b, self.bPanel) = (b, bPanel)
    (self.y, self.yRow) = (y, yRow)
  }

  /// The operands of the same product without its first rows.
  package func from(row: Int) -> PanelOperands {
    PanelOperands(
      a: a + row * aRow, aRow: aRow, aStep: aStep, b: b, bPanel: bPanel, y: y + row * yRow,
      yRow: yRow)
  }
}

/// `Y = A·B`, or `Y += A·B`.
///
/// - Parameters:
///   - workspace: ``panelWorkspace(rows:)`` floats of any content.
///   - width: ``panelWidth``, or that of another CPU, which is slower here; B has whole panels of it.
/// - Precondition: rows, inner index and columns are positive.
package func multiplyPanels(
  _ operands: PanelOperands, rows: Int, inner: Int, columns: Int, adding: Bool,
  workspace: UnsafeMutablePointer<Float>, width: Int = panelWidth
) {
  if width == 32 {
    Panels<SIMD16<Float>>.multiply(operands, rows, inner, columns, adding, workspace)
  } else {
    Panels<SIMD8<Float>>.multiply(operands, rows, inner, columns, adding, workspace)
  }
}

/// Floats of the workspace of a product of so many rows.
package func panelWorkspace(rows: Int) -> Int { panelDepth(width: 16) * rows }

/// Steps of the inner index in a block, at most: a panel's part fits the first-level cache, of 32 KB or more,
/// beside a tile's part of A; the rest of A fits the second level.
func panelDepth(width: Int) -> Int { 336 * 16 / width }

/// `0..<count` in the fewest parts of at most `most` each, of sizes that differ by at most 1.
package func equalParts(
  of count: Int, most: Int
) -> some RandomAccessCollection<Range<Int>> {
  let parts = (count + most - 1) / most
  return (0..<parts).lazy.map { $0 * count / parts..<($0 + 1) * count / parts }
}
