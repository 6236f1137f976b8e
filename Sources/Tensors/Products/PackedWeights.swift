/// A weight `W [out, in]` for backward products, or its transpose for forward ones, in the layout that products
/// read fastest: a matrix `[inner, columns]`. Any number of threads may multiply with it, but none during
/// ``pack()``.
///
/// Each row of a product depends on the same row of its operand alone, bit for bit.
protocol PackedWeights: AnyObject, Sendable {
  /// Whether it is the weight's transpose.
  var isTransposed: Bool { get }
  /// Floats of the packed values.
  var count: Int { get }
  /// Moves the packed values to `slab`, whose content is valid from the next ``pack()`` on.
  func move(to slab: Slab)
  /// Packs the values of the weight as they are now.
  func pack()
  /// `y = x·B`, or `y += x·B`: `x [rows, inner]`, `y [rows, columns]`.
  func multiply(_ x: ProductOperand, into y: Matrix, adding: Bool)
}

extension Products {
  /// Packs the weight `values`, or its transpose, for products by a library that reads packed weights.
  ///
  /// - Precondition: `values` stay where they are.
  func packed(_ values: Matrix, transposed: Bool) -> any PackedWeights {
    #if ONEDNN
      if library == .onednn {
        return OneDNNWeights(values, transposed: transposed, precision: precision)
      }
    #endif
    precondition(library == .panels, "packed weights for \(library)")
    return PanelWeights(values, transposed: transposed)
  }
}
