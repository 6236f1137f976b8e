/// A matrix `[inner, columns]` in the layout that products with it read fastest: a weight `W [out, in]` for
/// backward products, or its transpose for forward ones. Any thread may multiply with it, but for the time
/// of ``pack()``.
///
/// Each row of a product depends on the same row of its operand alone, bit for bit, whatever rows are
/// multiplied beside it.
protocol PackedWeights: AnyObject, Sendable {
  /// Whether it is the weight's transpose.
  var isTransposed: Bool { get }
  /// Floats that it takes.
  var count: Int { get }
  /// Makes `slab` the place where it lies; what is there counts from the next ``pack()`` on.
  func move(to slab: Slab)
  /// Packs the values of the weight as they are now.
  func pack()
  /// `y = x·B`, or `y += x·B`: `x [rows, inner]`, `y [rows, columns]`.
  func multiply(_ x: ProductRows, into y: Matrix, adding: Bool)
}

extension Products {
  /// Packs the weight `values`, or its transpose, for the fastest products that this CPU has.
  ///
  /// - Precondition: `values` stay where they are.
  static func packed(
    _ values: Matrix, transposed: Bool, precision: Precision
  ) -> any PackedWeights {
    #if ONEDNN
      if usesOneDNN {
        return OneDNNWeights(values, transposed: transposed, precision: precision)
      }
    #endif
    precondition(precision == .float32, "\(precision) without oneDNN")
    return PanelWeights(values, transposed: transposed)
  }
}
