import Kernels

extension Products {
  /// `C = A·B`, or `C += A·B`, of two matrices of which neither is a weight, in float32 whatever the precision
  /// of weights is: one `sgemm` or `sgemv` where OpenBLAS multiplies. With either other library tercet's own
  /// kernels multiply, since oneDNN would make a primitive for each shape.
  ///
  /// Where ``ProductLibrary/keepsRowsApart``, each element is a chain of fused multiply-adds of one row and one
  /// column, and has the same bits whatever is computed beside it.
  ///
  /// - Parameters:
  ///   - transposing: the operand to read transposed.
  ///   - c: another matrix than either operand.
  /// - Precondition: `A [m, k]`, `B [k, n]`, `C [m, n]`, after transposition. Each may be a part of a wider
  ///   matrix.
  public func multiply(
    _ a: Matrix, _ b: Matrix, transposing: Transposition = .neither, into c: Matrix,
    adding: Bool = false
  ) {
    let (m, k) = transposing == .first ? (a.columns, a.rows) : (a.rows, a.columns)
    let (inner, n) = transposing == .second ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(
      k == inner && c.rows == m && c.columns == n,
      "product [\(m), \(k)]·[\(inner), \(n)] into [\(c.rows), \(c.columns)]")
    guard library != .openblas else {
      return BLAS.multiply(a, b, transposing: transposing, into: c, adding: adding)
    }
    guard m > 0 && n > 0 else { return }
    guard k > 0 else {
      if !adding { c.fill(0) }
      return
    }
    let panels = (n + panelWidth - 1) / panelWidth * panelWidth * k
    let floats = ProductWorkspace.floats(panels + Self.workspace(rows: m))
    let (step, column) = transposing == .second ? (1, b.stride) : (b.stride, 1)
    packPanels(b.start, step: step, column: column, inner: k, columns: n, into: floats)
    let (aRow, aStep) = transposing == .first ? (1, a.stride) : (a.stride, 1)
    Self.multiply(
      PanelOperands(
        a: a.start, aRow: aRow, aStep: aStep, b: floats, bPanel: panelWidth * k, y: c.start,
        yRow: c.stride), rows: m, inner: k, columns: n, adding: adding, workspace: floats + panels)
  }

  /// The products of each row of a matrix with a vector, `y = A x`: one `sgemv` where OpenBLAS multiplies, else
  /// a dot product a row, in the order of ``Kernels/dot(_:_:count:)``.
  ///
  /// - Parameters:
  ///   - x: `[1, columns of A]`.
  ///   - y: `[rows of A, 1]`.
  public func multiply(rowsOf a: Matrix, by x: Matrix, into y: Matrix) {
    guard library != .openblas else { return multiply(a, x, transposing: .second, into: y) }
    precondition(
      x.rows == 1 && x.columns == a.columns && y.rows == a.rows && y.columns == 1,
      "[\(a.rows), \(a.columns)] by [\(x.rows), \(x.columns)] into [\(y.rows), \(y.columns)]")
    for row in 0..<a.rows { y.row(row).pointee = dot(a.row(row), x.start, count: a.columns) }
  }

  /// `Y = A·B`, or `Y += A·B`, by tercet's own kernels, a run of rows at a time.
  static func multiply(
    _ operands: PanelOperands, rows: Int, inner: Int, columns: Int, adding: Bool
  ) {
    multiply(
      operands, rows: rows, inner: inner, columns: columns, adding: adding,
      workspace: ProductWorkspace.floats(workspace(rows: rows)))
  }

  private static func multiply(
    _ operands: PanelOperands, rows: Int, inner: Int, columns: Int, adding: Bool,
    workspace: UnsafeMutablePointer<Float>
  ) {
    for run in runs(of: rows) {
      multiplyPanels(
        operands.from(row: run.lowerBound), rows: run.count, inner: inner, columns: columns,
        adding: adding, workspace: workspace)
    }
  }

  /// Floats that ``multiply(_:rows:inner:columns:adding:)`` works in.
  private static func workspace(rows: Int) -> Int { panelWorkspace(rows: min(rows, mostRows)) }
}
