import Synchronization

/// A weight `W [out, in]` as the products with it, so that the layers need not know what multiplies.
///
/// Where it is packed, each row of a product depends on the same row of its operand alone, bit for bit,
/// whatever rows are multiplied beside it.
public final class Weight: Sendable {
  /// `W`, `[out, in]`; a part of a wider matrix is allowed.
  nonisolated(unsafe) public let values: Matrix
  private let precision: Precision
  private let isPacked: Bool
  /// `Wᵀ` for forward products, `W` for backward ones, each made when it is first needed.
  private let packed = Mutex<(forward: (any PackedWeights)?, backward: (any PackedWeights)?)>(
    (nil, nil))

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
    if isPacked {
      return packedForm(transposed: transposed).multiply(x, into: y, adding: adding)
    }
    guard case .float32(let x) = x else {
      preconditionFailure("rows that are rounded or in panels")
    }
    BLAS.multiply(x, .asIs, values, transposed ? .transposed : .asIs, into: y, adding: adding)
  }
}

extension Weight {
  /// The packed form for forward products, `transposed`, or for backward ones.
  func packedForm(transposed: Bool) -> any PackedWeights {
    packed.withLock { forms in
      if let known = transposed ? forms.forward : forms.backward { return known }
      let fresh = Products.packed(values, transposed: transposed, precision: precision)
      if transposed { forms.forward = fresh } else { forms.backward = fresh }
      return fresh
    }
  }

  /// The forms that are there, each of which is packed by itself.
  var packedForms: [any PackedWeights] {
    packed.withLock { [$0.forward, $0.backward].compactMap { $0 } }
  }
}
