import Kernels
import Synchronization

/// What the library that multiplies can do.
public enum Products {
  /// Whether each row of a product has the bits that it has alone. With AVX-512 oneDNN adds up a row's
  /// products in their order, whatever rows there are beside it; with less, and in OpenBLAS, other numbers of
  /// rows have other kernels.
  public static var rowsAreIndependent: Bool {
    #if ONEDNN
      OneDNN.hasAVX512
    #else
      false
    #endif
  }

  /// Rows of a product with a weight, at most; more are cut into runs of equal size, so that few shapes
  /// occur.
  static let mostRows = 128

  /// Gives back what the calling thread keeps for products of shapes that did not occur since the last call.
  public static func forgetUnused() {
    #if ONEDNN
      OneDNN.current.forgetUnused()
    #endif
  }

  /// What multiplies packed weights, and with which instructions, for the run log.
  public static var name: String {
    #if ONEDNN
      OneDNN.name
    #else
      "OpenBLAS"
    #endif
  }

  /// Whether products of bfloat16 run at the speed of the hardware.
  static var multipliesBFloat16: Bool {
    #if ONEDNN
      OneDNN.multipliesBFloat16
    #else
      false
    #endif
  }
}

/// A weight `W [out, in]` as the products with it, so that the layers need not know what multiplies.
///
/// Where ``Products/rowsAreIndependent``, each row of a product depends on the same row of its operand
/// alone, bit for bit, whatever rows are multiplied beside it.
public final class Weight: Sendable {
  /// `W`, `[out, in]`; a part of a wider matrix is allowed.
  nonisolated(unsafe) public let values: Matrix
  private let precision: Precision
  private let isPacked: Bool
  #if ONEDNN
    /// `Wᵀ` for forward products, `W` for backward ones, each made when it is first needed.
    private let packed = Mutex<(forward: PackedWeights?, backward: PackedWeights?)>((nil, nil))
  #endif

  /// A weight for single products: it may change between them.
  public init(_ values: Matrix) {
    self.values = values
    precision = .float32
    isPacked = false
  }

  /// A weight for many products: packed once, and again by ``pack()`` when the values have changed.
  init(packing values: Matrix, precision: Precision) {
    self.values = values
    self.precision = precision
    isPacked = true
  }

  public var outputs: Int { values.rows }
  public var inputs: Int { values.columns }

  /// `y = x Wᵀ`, or `y += x Wᵀ`: `x [rows, in]`, `y [rows, out]`.
  public func forward(_ x: Matrix, into y: Matrix, adding: Bool = false) {
    forward(.float32(x), into: y, adding: adding)
  }

  /// The same of rows that are rounded already, where the weight has this precision.
  public func forward(_ x: ProductRows, into y: Matrix, adding: Bool = false) {
    precondition(
      x.columns == inputs && y.columns == outputs && x.rows == y.rows,
      "[\(x.rows), \(x.columns)] through [\(outputs), \(inputs)] into [\(y.rows), \(y.columns)]")
    multiply(x, transposed: true, into: y, adding: adding)
  }

  /// `dx = dy W`, or `dx += dy W`: `dy [rows, out]`, `dx [rows, in]`.
  public func backward(_ dy: Matrix, into dx: Matrix, adding: Bool = false) {
    backward(.float32(dy), into: dx, adding: adding)
  }

  /// The same of rows that are rounded already, where the weight has this precision.
  public func backward(_ dy: ProductRows, into dx: Matrix, adding: Bool = false) {
    precondition(
      dy.columns == outputs && dx.columns == inputs && dx.rows == dy.rows,
      "[\(dy.rows), \(dy.columns)] back through [\(outputs), \(inputs)] into [\(dx.rows), \(dx.columns)]"
    )
    multiply(dy, transposed: false, into: dx, adding: adding)
  }

  private func multiply(_ x: ProductRows, transposed: Bool, into y: Matrix, adding: Bool) {
    #if ONEDNN
      if isPacked {
        return multiply(x, packedForm(transposed: transposed), into: y, adding: adding)
      }
    #endif
    guard case .float32(let x) = x else { preconditionFailure("rounded rows for a plain weight") }
    BLAS.multiply(x, .asIs, values, transposed ? .transposed : .asIs, into: y, adding: adding)
  }
}

#if ONEDNN
  extension Weight {
    /// The packed form for forward products, `transposed`, or for backward ones.
    func packedForm(transposed: Bool) -> PackedWeights {
      packed.withLock { forms in
        if let known = transposed ? forms.forward : forms.backward { return known }
        let fresh = PackedWeights(values, transposed: transposed, precision: precision)
        if transposed { forms.forward = fresh } else { forms.backward = fresh }
        return fresh
      }
    }

    /// The forms that are there, each of which is packed by itself.
    var packedForms: [PackedWeights] {
      packed.withLock { [$0.forward, $0.backward].compactMap { $0 } }
    }

    private func multiply(
      _ x: ProductRows, _ weights: PackedWeights, into y: Matrix, adding: Bool
    ) {
      let runs = (x.rows + Products.mostRows - 1) / Products.mostRows
      for run in 0..<runs {
        let rows = run * x.rows / runs..<(run + 1) * x.rows / runs
        multiply(run: x.rows(rows), weights, into: y.rows(rows), adding: adding)
      }
    }

    /// oneDNN has fast products for rows that lie end to end alone, and another order of additions for others.
    private func multiply(
      run x: ProductRows, _ weights: PackedWeights, into y: Matrix, adding: Bool
    ) {
      let products = OneDNN.current
      let target = y.isContiguous ? y : products.pool.uninitialized(y.rows, y.columns)
      let shape = OneDNN.Shape(
        rows: x.rows, inner: x.columns, columns: y.columns, sourceStrides: [x.columns, 1],
        weights: .packed, destinationStride: y.columns, precision: precision,
        adding: adding && y.isContiguous)
      withDenseRows(x, products.pool) {
        products.multiply(
          shape, packed: weights.layout, source: $0, weights: .packed(weights.memory),
          into: target.start)
      }
      guard !y.isContiguous else { return }
      for row in 0..<y.rows {
        if adding {
          add(target.row(row), to: y.row(row), count: y.columns)
        } else {
          y.row(row).update(from: target.row(row), count: y.columns)
        }
      }
    }

    /// Rows end to end, in the weight's precision.
    private func withDenseRows(
      _ x: ProductRows, _ pool: MatrixPool, _ body: (UnsafeMutableRawPointer) -> Void
    ) {
      switch (x, precision) {
      case (.float32(let x), .float32):
        let dense = x.isContiguous ? x : pool.uninitialized(x.rows, x.columns)
        if !x.isContiguous { dense.assign(x) }
        withExtendedLifetime(dense) { body(UnsafeMutableRawPointer(dense.start)) }
      case (.float32(let x), .bfloat16):
        let half = pool.uninitializedBFloat(x.rows, x.columns)
        half.assign(x)
        withExtendedLifetime(half) { body(UnsafeMutableRawPointer(half.start)) }
      case (.bfloat16(let x), .bfloat16): body(UnsafeMutableRawPointer(x.start))
      case (.bfloat16, .float32): preconditionFailure("rounded rows for a weight of float32")
      }
    }
  }
#endif
