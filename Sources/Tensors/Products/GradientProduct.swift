import Kernels

#if ONEDNN
  import COneDNN
#endif

extension Products {
  /// `dW = dyᵀ x`, or `dW += dyᵀ x`, over some rows and for some outputs: one tile of a weight's gradient.
  ///
  /// - Parameters:
  ///   - dy: `[rows, out]`, made as ``ProductOperand/Role/outputs``; `outputs` selects its columns.
  ///   - x: `[rows, in]`, made as ``ProductOperand/Role/inputs``.
  ///   - rows: the rows of both operands to sum over; without rows the sum is zero.
  ///   - gradient: `[outputs, in]`.
  public func gradient(
    of dy: ProductOperand, outputs: Range<Int>, _ x: ProductOperand, rows: Range<Int>,
    into gradient: Matrix, adding: Bool
  ) {
    precondition(
      gradient.rows == outputs.count && gradient.columns == x.columns
        && rows.upperBound <= min(dy.rows, x.rows) && outputs.upperBound <= dy.columns,
      "gradient [\(gradient.rows), \(gradient.columns)] of rows \(rows), outputs \(outputs)")
    guard !rows.isEmpty else {
      if !adding { gradient.fill(0) }
      return
    }
    switch (library, dy, x) {
    case (.openblas, .float32(let dy), .float32(let x)):
      BLAS.multiply(
        dy.rows(rows).columns(outputs), x.rows(rows), transposing: .first, into: gradient,
        adding: adding)
    case (.panels, .float32(let dy), .panels(let x)):
      multiply(dy.rows(rows).columns(outputs), x.rows(rows), into: gradient, adding: adding)
    case (.onednn, .float32(let dy), .float32(let x)):
      multiply(dy.rows(rows).columns(outputs), x.rows(rows), into: gradient, adding: adding)
    case (.onednn, .bfloat16(let dy), .bfloat16(let x)):
      multiply(dy, outputs, x, rows, into: gradient, adding: adding)
    default: preconditionFailure("a product of operands that were not made for it")
    }
  }

  private func multiply(
    _ dy: Matrix, _ x: ProductOperand.Panels, into gradient: Matrix, adding: Bool
  ) {
    let operands = PanelOperands(
      a: dy.start, aRow: 1, aStep: dy.stride, b: x.start, bPanel: x.panelStride,
      y: gradient.start, yRow: gradient.stride)
    Self.multiply(
      operands, rows: gradient.rows, inner: x.rows, columns: x.columns, adding: adding)
  }

  private func multiply(_ dy: Matrix, _ x: Matrix, into gradient: Matrix, adding: Bool) {
    #if ONEDNN
      _ = OneDNN.current  // keeps this thread's products on it
      let status = dnnl_sgemm(
        CChar(UInt8(ascii: "T")), CChar(UInt8(ascii: "N")), Int64(gradient.rows),
        Int64(gradient.columns), Int64(x.rows), 1, dy.start, Int64(dy.stride), x.start,
        Int64(x.stride), adding ? 1 : 0, gradient.start, Int64(gradient.stride))
      OneDNN.check(status, "a weight gradient")
    #else
      preconditionFailure("a product by oneDNN, which is not there")
    #endif
  }

  private func multiply(
    _ dy: BFloatMatrix, _ outputs: Range<Int>, _ x: BFloatMatrix, _ rows: Range<Int>,
    into gradient: Matrix, adding: Bool
  ) {
    #if ONEDNN
      let shape = OneDNN.Shape(
        rows: outputs.count, inner: rows.count, columns: x.columns,
        sourceStrides: [1, dy.columns], weights: .plain(stride: x.columns),
        destinationStride: gradient.stride, precision: .bfloat16, adding: adding)
      OneDNN.current.multiply(
        shape, source: dy.start + rows.lowerBound * dy.columns + outputs.lowerBound,
        weights: .plain(x.start + rows.lowerBound * x.columns), into: gradient.start)
    #else
      preconditionFailure("a product by oneDNN, which is not there")
    #endif
  }
}
